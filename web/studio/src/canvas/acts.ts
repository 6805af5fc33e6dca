/** What can be done with the selection and the whole, by key, menu or button alike. */
import { layoutAll } from "./flow/layout";
import { layoutSome } from "./flow/layoutSome";
import { sizesFor } from "./flow/sizes";
import { align, type Alignment } from "./model/align";
import { isExitArrow, type Id, type Place } from "./model/definition";
import { boxOf, placeOf, type Box, type StepSizes } from "./model/geometry";
import { find, findStep } from "./model/lookup";
import { neighbour, nextArrow, type Direction } from "./model/walk";
import { freeExit } from "./palette/addWhereItFits";
import { deskOf } from "./state/viewing";
import { definitionNow, useCanvas } from "./store";

export interface Sight {
  fit(): void;
  show(ids: readonly Id[]): void;
  bringIn(id: Id): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
}

const selected = (): readonly Id[] => useCanvas.getState().selection;

function sizeOf(): StepSizes {
  const { history, catalogue, names } = useCanvas.getState();
  return sizesFor(history.present, catalogue, names.lang);
}

/** What of the selection has a place of its own: no arrows, and no steps of a stage that is selected itself. */
export function placed(ids: readonly Id[] = selected()): Map<Id, Box> {
  const definition = definitionNow();
  const sizes = sizeOf();
  const chosen = new Set(ids);
  return new Map(
    ids.flatMap((id): [Id, Box][] => {
      const step = findStep(definition, id);
      const box = step && chosen.has(step.stage) ? null : boxOf(definition, id, sizes);
      return box ? [[id, box]] : [];
    }),
  );
}

export function nudge(dx: number, dy: number): void {
  const definition = definitionNow();
  const places: Record<Id, Place> = {};
  for (const id of placed().keys()) {
    const found = find(definition, id);
    const at = found?.is === "note" ? found.note : placeOf(definition, id);
    places[id] = { x: at.x + dx, y: at.y + dy };
  }
  const ids = Object.keys(places);
  if (ids.length > 0) useCanvas.getState().run({ do: "move", places }, { mergeKey: `nudge:${ids.join()}` });
}

export function alignSelection(how: Alignment): void {
  const definition = definitionNow();
  const places: Record<Id, Place> = {};
  for (const [id, at] of align(placed(), how)) {
    const step = findStep(definition, id);
    const home = step ? placeOf(definition, step.stage) : { x: 0, y: 0 };
    places[id] = { x: at.x - home.x, y: at.y - home.y };
  }
  if (Object.keys(places).length > 0) useCanvas.getState().run({ do: "move", places }, { label: "align" });
}

/** Lays out what is selected, or everything if that is nothing that could be laid out. */
export function tidy(): void {
  const definition = definitionNow();
  const sizes = sizeOf();
  const part = layoutSome(definition, selected(), sizes);
  const places = Object.keys(part).length > 0 ? part : layoutAll(definition, sizes);
  useCanvas.getState().run({ do: "move", places }, { label: "tidy" });
}

/** Opens what is selected and goes on to its first field. */
export function openPanel(): void {
  const [id] = selected();
  if (!id) return;
  const state = useCanvas.getState();
  if (find(definitionNow(), id)?.is === "note")
    return void document.getElementById(`rb-node-${id}`)?.querySelector("textarea")?.focus();
  state.select([id], true);
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(".rb-side-body :is(input, select, textarea, button)")?.focus(),
  );
}

const toBoard = () => document.querySelector<HTMLElement>(".rb-board")?.focus();

/** Escape undoes one thing at a time: what the pointer is at, then a list, then the panel, then the selection. */
export function escape(): void {
  const state = useCanvas.getState();
  if (state.tool.name !== "idle") state.send({ type: "cancel" });
  else if (state.menu) state.closeMenu();
  else if (state.finding) state.setFinding(false);
  else if (state.showingKeys) state.setShowingKeys(false);
  else if (state.side) state.setSide(null);
  else if (state.playing) state.setPlaying(false);
  else state.select([]);
  toBoard();
}

/** Asks what comes next: behind a step or a stage, or between the two ends of a step's arrow. */
export function addNext(): void {
  const state = useCanvas.getState();
  const [id] = selected();
  const found = find(definitionNow(), id);
  const card = document.getElementById(`rb-node-${id}`)?.getBoundingClientRect();
  const screen = card
    ? { x: card.left + card.width / 2, y: card.bottom }
    : { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  if (found?.is === "stage")
    state.send({ type: "pick", start: { from: "stage", stage: found.stage.id }, screen });
  else if (found?.is === "entry")
    state.send({ type: "pick", start: { from: "entry", entry: found.entry.id }, screen });
  else if (found?.is === "arrow" && isExitArrow(found.arrow))
    state.send({
      type: "pick",
      start: { from: "exit", step: found.arrow.from, exit: found.arrow.exit },
      screen,
    });
  if (found?.is !== "step") return;
  const exit = freeExit(deskOf(state), found.step.id);
  if (exit) state.send({ type: "pick", start: { from: "exit", step: found.step.id, exit }, screen });
}

export function rename(): void {
  const [id] = selected();
  const state = useCanvas.getState();
  const found = find(definitionNow(), id);
  if (id && !state.readOnly && (found?.is === "stage" || found?.is === "step" || found?.is === "end"))
    state.send({ type: "rename", id });
}

export function selectAll(): void {
  const d = definitionNow();
  useCanvas.getState().select([...d.stages, ...d.ends, ...d.entries, ...d.notes].map((one) => one.id));
}

export function walk(direction: Direction, sight: Sight): void {
  const to = neighbour(definitionNow(), selected()[0] ?? null, direction, sizeOf());
  if (to) goTo(to, sight);
}

export function walkArrows(by: 1 | -1, sight: Sight): void {
  const [from] = selected();
  const to = from && nextArrow(definitionNow(), from, by);
  if (to) goTo(to, sight);
}

function goTo(id: Id, sight: Sight): void {
  useCanvas.getState().select([id]);
  sight.bringIn(id);
}

/** The next thing that something is wrong with, round and round. */
export function nextProblem(by: 1 | -1, sight: Sight): void {
  const { problems, selection } = useCanvas.getState();
  const wrong = [...problems.byNode].filter(([, list]) => list.some((one) => one.severity !== "info"));
  if (wrong.length === 0) return;
  const at = wrong.findIndex(([id]) => id === selection[0]);
  const to = wrong[(at < 0 && by < 0 ? wrong.length - 1 : at + by + wrong.length) % wrong.length]!;
  goTo(to[0], sight);
}

export function openMenu(): void {
  const [id] = selected();
  const card = id ? document.getElementById(`rb-node-${id}`)?.getBoundingClientRect() : undefined;
  const at = card ? { x: card.left + 24, y: card.top + 24 } : { x: window.innerWidth / 2, y: 160 };
  useCanvas.getState().openMenu(at, id ?? null);
}

export function fullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}
