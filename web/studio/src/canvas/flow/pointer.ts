/** Tells the tool at work what the pointer does: the only place that knows the page's and the library's events. */
import type { Edge, EdgeChange, NodeChange, OnConnectStartParams, ReactFlowInstance } from "@xyflow/react";
import { useMemo } from "react";

import type { Id, Point } from "../model/definition";
import { find } from "../model/lookup";
import { useCanvas } from "../store";
import { NOTHING_UNDER, type ArrowStart, type Under } from "../tools/types";
import { ANY_NODE } from "./plan";
import type { ArrowFlowEdge, FlowNode } from "./types";

type Flow = ReactFlowInstance<FlowNode, ArrowFlowEdge>;
type Pointer = MouseEvent | TouchEvent | React.MouseEvent | React.TouchEvent | PointerEvent;

export function screenPoint(event: Pointer): Point {
  const touch = "changedTouches" in event ? event.changedTouches[0] : event;
  return touch ? { x: touch.clientX, y: touch.clientY } : { x: 0, y: 0 };
}

/** What the page shows at a point: an arrow's line, a free exit's dot, the canvas or something over it. */
export function underPoint(screen: Point): Under {
  const elements = document.elementsFromPoint(screen.x, screen.y);
  const canvas = elements.some(
    (one) => one.classList.contains("react-flow__pane") || one.closest(".react-flow__viewport"),
  );
  const covered = elements[0]?.closest(".rb-over");
  if (!canvas || covered) return { ...NOTHING_UNDER, canvas: false };
  const line = elements.find((one) => one.hasAttribute("data-arrow"));
  const dot = elements.find((one) => one.classList.contains("rb-exit"));
  const step = dot?.getAttribute("data-nodeid");
  const exit = dot?.getAttribute("data-handleid");
  return {
    arrow: line?.getAttribute("data-arrow") ?? null,
    exit: step && exit ? { step, exit } : null,
    canvas: true,
  };
}

/** Where an arrow starts that is pulled out of this dot. */
function startOf(node: Id | null, dot: string | null): ArrowStart | null {
  if (node === ANY_NODE) return { from: "any" };
  const found = find(useCanvas.getState().history.present, node);
  if (found?.is === "step" && dot) return { from: "exit", step: found.step.id, exit: dot };
  if (found?.is === "stage") return { from: "stage", stage: found.stage.id };
  if (found?.is === "entry") return { from: "entry", entry: found.entry.id };
  return null;
}

export function usePointer(flow: Flow) {
  return useMemo(() => {
    const send = useCanvas.getState().send;
    const aim = (event: PointerEvent | MouseEvent | TouchEvent) => {
      const screen = screenPoint(event);
      send({ type: "aim", screen, point: flow.screenToFlowPosition(screen), under: underPoint(screen) });
    };
    const follow = () => {
      window.addEventListener("pointermove", aim);
      window.addEventListener("touchmove", aim);
    };
    const release = (event: MouseEvent | TouchEvent) => {
      window.removeEventListener("pointermove", aim);
      window.removeEventListener("touchmove", aim);
      const screen = screenPoint(event);
      send({ type: "release", screen, point: flow.screenToFlowPosition(screen), under: underPoint(screen) });
    };
    const dragged = (event: Pointer, nodes: FlowNode[]) => {
      if (nodes.length === 0) return;
      const moved = Object.fromEntries(nodes.map((node) => [node.id, node.position]));
      send({ type: "drag", moved, point: flow.screenToFlowPosition(screenPoint(event)) });
    };
    return {
      onNodeDrag: (event: Pointer, _node: FlowNode, nodes: FlowNode[]) => dragged(event, nodes),
      onNodeDragStop: () => send({ type: "drop" }),
      onSelectionDrag: (event: Pointer, nodes: FlowNode[]) => dragged(event, nodes),
      onSelectionDragStop: () => send({ type: "drop" }),
      onConnectStart: (_event: MouseEvent | TouchEvent, { nodeId, handleId }: OnConnectStartParams) => {
        const start = startOf(nodeId, handleId);
        if (!start) return;
        send({ type: "pull", start });
        follow();
      },
      onConnectEnd: (event: MouseEvent | TouchEvent) => release(event),
      onReconnectStart: (_event: React.MouseEvent, edge: ArrowFlowEdge, handle: "source" | "target") => {
        const arrow = edge.data?.arrow;
        if (!arrow) return;
        // The library names the end that stays; the other one is being moved.
        send({
          type: "unhook",
          arrow: arrow.id,
          end: handle === "source" ? "target" : "source",
          stage: edge.data!.from,
        });
        follow();
      },
      onReconnectEnd: (event: MouseEvent | TouchEvent) => release(event),
    };
  }, [flow]);
}

/** Takes selections from the library's change lists; all other changes are ours to make. */
export function takeNodeChanges(changes: NodeChange<FlowNode>[]): void {
  takeSelection(
    changes.flatMap((change) =>
      change.type === "select" ? [{ id: change.id, selected: change.selected }] : [],
    ),
  );
}

export function takeEdgeChanges(changes: EdgeChange<ArrowFlowEdge>[], edges: readonly Edge[]): void {
  const byId = new Map(edges.map((edge) => [edge.id, (edge as ArrowFlowEdge).data?.arrow?.id]));
  takeSelection(
    changes.flatMap((change) => {
      const id = change.type === "select" ? byId.get(change.id) : undefined;
      return id && change.type === "select" ? [{ id, selected: change.selected }] : [];
    }),
  );
}

function takeSelection(changes: { id: Id; selected: boolean }[]): void {
  if (changes.length === 0) return;
  const { selection, history, select } = useCanvas.getState();
  const chosen = new Set(selection);
  for (const { id, selected } of changes) {
    if (selected && find(history.present, id)) chosen.add(id);
    else chosen.delete(id);
  }
  select([...chosen]);
}

/** Every connection is judged where it is let go, by our own hit test; the library only draws the line. */
export const allowConnection = (): boolean => true;
