/** The drawn things with their places on the canvas itself: for lines, for finding what is seen, for what moves along. */
import type { Id, Point } from "../model/definition";
import { overlaps, type Box } from "../model/geometry";
import { corners } from "./path";
import type { Flow } from "./toFlow";
import type { ArrowFlowEdge, FlowNode } from "./types";

export interface Line {
  edge: ArrowFlowEdge;
  from: Point;
  to: Point;
  points: Point[];
  box: Box;
}
export interface Scene {
  flow: Flow;
  byId: ReadonlyMap<Id, FlowNode>;
  lines: readonly Line[];
  /** The steps of each stage. */
  inside: ReadonlyMap<Id, FlowNode[]>;
  bounds: Box | null;
}

const scenes = new WeakMap<Flow, Scene>();

export function sceneOf(flow: Flow): Scene {
  const known = scenes.get(flow);
  if (known) return known;
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const inside = new Map<Id, FlowNode[]>();
  let bounds: Box | null = null;
  for (const node of flow.nodes) {
    if (node.parentId) {
      const list = inside.get(node.parentId);
      if (list) list.push(node);
      else inside.set(node.parentId, [node]);
    } else bounds = around(bounds, { ...node.position, w: node.width, h: node.height });
  }
  const lines = flow.edges.flatMap((edge) => lineOf(byId, edge) ?? []);
  const scene: Scene = { flow, byId, lines, inside, bounds };
  scenes.set(flow, scene);
  return scene;
}

function around(a: Box | null, b: Box): Box {
  if (!a) return b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** A card's corner on the canvas. */
export function placeOn(byId: Scene["byId"], node: FlowNode): Point {
  const parent = node.parentId ? byId.get(node.parentId)?.position : undefined;
  return { x: (parent?.x ?? 0) + node.position.x, y: (parent?.y ?? 0) + node.position.y };
}

/** The step of a stage that is nearest to a point of the canvas; null if none is within reach. */
export function stepNear(scene: Scene, stage: Id, point: Point, reach: number): Id | null {
  let nearest: { id: Id; away: number } | null = null;
  for (const node of scene.inside.get(stage) ?? []) {
    const { x, y } = placeOn(scene.byId, node);
    const away = Math.hypot(
      Math.max(x - point.x, 0, point.x - x - node.width),
      Math.max(y - point.y, 0, point.y - y - node.height),
    );
    if (away <= (nearest ? Math.min(nearest.away, reach) : reach)) nearest = { id: node.id, away };
  }
  return nearest?.id ?? null;
}

/** The middle of a card's dot on the canvas. */
export function dotAt(byId: Scene["byId"], id: Id, dot: string | null | undefined): Point | null {
  const node = byId.get(id);
  const point = node?.data.points.find((one) => one.id === dot);
  if (!node || !point) return null;
  const at = placeOn(byId, node);
  return { x: at.x + point.x, y: at.y + point.y };
}

const lines = new WeakMap<ArrowFlowEdge, Line>();

function lineOf(byId: Scene["byId"], edge: ArrowFlowEdge): Line | null {
  const from = dotAt(byId, edge.source, edge.sourceHandle);
  const to = dotAt(byId, edge.target, edge.targetHandle);
  if (!from || !to) return null;
  const known = lines.get(edge);
  if (known && same(known.from, from) && same(known.to, to)) return known;
  const points = corners(from, to, edge.data.route);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  const box = { x, y, w: Math.max(1, Math.max(...xs) - x), h: Math.max(1, Math.max(...ys) - y) };
  const line = { edge, from, to, points, box };
  lines.set(edge, line);
  return line;
}

const same = (a: Point, b: Point) => a.x === b.x && a.y === b.y;

/** From how near one looks: whole cards, simple ones, or stages with their steps as marks. */
export type Level = "near" | "far" | "map";

export interface Seen {
  /** Stages, and the bar of any stage: what other things lie upon. */
  stages: FlowNode[];
  cards: FlowNode[];
  lines: Line[];
}

/** What of a scene lies in a box. Of a map only stages, what stands between them, and the arrows between these. */
export function seenIn(scene: Scene, box: Box, level: Level): Seen {
  const { byId } = scene;
  const isSeen = (node: FlowNode) => overlaps({ ...placeOn(byId, node), w: node.width, h: node.height }, box);
  const stages: FlowNode[] = [];
  const cards: FlowNode[] = [];
  for (const node of scene.flow.nodes) {
    if (level === "map" && node.type === "step") continue;
    const lies = node.type === "stage" || node.type === "any";
    if (isSeen(node)) (lies ? stages : cards).push(node);
  }
  const seen = scene.lines.filter(
    (line) => overlaps(line.box, box) && (level !== "map" || !staysInside(byId, line)),
  );
  return { stages, cards, lines: seen };
}

export function staysInside(byId: Scene["byId"], { edge }: Line): boolean {
  const from = byId.get(edge.source);
  const to = byId.get(edge.target);
  return from?.type === "step" && to?.type === "step" && from.parentId === to.parentId;
}

/** How near to a line counts as on it. */
const ON_LINE = 14;

/** The arrow whose line runs through a point, other than those of one card. */
export function lineAt(scene: Scene, point: Point, except: Id): Id | null {
  const spot = { x: point.x - ON_LINE, y: point.y - ON_LINE, w: 2 * ON_LINE, h: 2 * ON_LINE };
  const on = scene.lines.find(
    ({ edge, points, box }) =>
      edge.data.arrow !== null &&
      edge.source !== except &&
      edge.target !== except &&
      overlaps(box, spot) &&
      points.some((at, n) => n > 0 && overlaps(stretch(points[n - 1]!, at), spot)),
  );
  return on?.edge.data.arrow?.id ?? null;
}

const stretch = (a: Point, b: Point): Box => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  w: Math.max(1, Math.abs(a.x - b.x)),
  h: Math.max(1, Math.abs(a.y - b.y)),
});
