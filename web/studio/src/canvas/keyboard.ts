/** Every key and what it does: one table, used by the keyboard and by the list under `?`. */
import { layoutAll, layoutStage } from "./flow/layout";
import { sizesFor } from "./flow/sizes";
import type { Command } from "./model/commands";
import type { Id, Place } from "./model/definition";
import { GRID, placeOf } from "./model/geometry";
import { find } from "./model/lookup";
import { freeExit } from "./palette/addWhereItFits";
import { deskOf } from "./state/viewing";
import { definitionNow, useCanvas } from "./store";
import { duplicate } from "./clipboard";
import { saveNow } from "./autosave";
import { isTyping } from "./typing";

export interface Shortcut {
  /** As `Mod+Shift+Z`; Mod is Ctrl, or Cmd on a Mac. */
  keys: string[];
  word: string;
  /** Works also while something is being typed. */
  always?: boolean;
  run(sight: Sight): void;
}
export interface Sight {
  fit(): void;
  show(ids: readonly Id[]): void;
}

const STEP = GRID;
const FAR_STEP = GRID * 5;

const targets = (): readonly Id[] => useCanvas.getState().selection;

function nudge(dx: number, dy: number): void {
  const { run } = useCanvas.getState();
  const definition = definitionNow();
  const places: Record<Id, Place> = {};
  for (const id of targets()) {
    const found = find(definition, id);
    if (!found || found.is === "arrow" || found.is === "goal") continue;
    const at = found.is === "note" ? found.note : placeOf(definition, id);
    places[id] = { x: at.x + dx, y: at.y + dy };
  }
  const ids = Object.keys(places);
  if (ids.length > 0) run({ do: "move", places }, { mergeKey: `nudge:${ids.join()}` });
}

/** Lays out the selected stages, or everything. */
export function tidy(): void {
  const { catalogue, names, run, selection } = useCanvas.getState();
  const definition = definitionNow();
  const sizeOf = sizesFor(definition, catalogue, names.lang);
  const stages = selection.flatMap((id) => (find(definition, id)?.is === "stage" ? [id] : []));
  const command = (places: Record<Id, Place>): Command => ({ do: "move", places });
  if (stages.length === 0) return run(command(layoutAll(definition, sizeOf)), { label: "tidy" });
  const places: Record<Id, Place> = {};
  for (const stage of stages) {
    const inner = layoutStage(definition, stage, sizeOf);
    Object.assign(places, inner.places, { [stage]: { ...placeOf(definition, stage), ...inner.size } });
  }
  run(command(places), { label: "tidy" });
}

function openPanel(): void {
  const [id] = targets();
  if (id) useCanvas.getState().select([id], true);
}

/** Escape undoes one thing at a time: what the pointer is at, then a list, then the panel, then the selection. */
export function escape(): void {
  const state = useCanvas.getState();
  if (state.tool.name !== "idle") return state.send({ type: "cancel" });
  if (state.finding) return state.setFinding(false);
  if (state.showingKeys) return state.setShowingKeys(false);
  if (state.side) return state.setSide(null);
  if (state.playing) return state.setPlaying(false);
  state.select([]);
}

function addNext(): void {
  const state = useCanvas.getState();
  const [id] = targets();
  const found = find(definitionNow(), id);
  const card = document.getElementById(`rb-node-${id}`)?.getBoundingClientRect();
  const screen = card
    ? { x: card.left + card.width / 2, y: card.bottom }
    : { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  if (found?.is === "stage")
    state.send({ type: "pick", start: { from: "stage", stage: found.stage.id }, screen });
  if (found?.is !== "step") return;
  const exit = freeExit(deskOf(state), found.step.id);
  if (exit) state.send({ type: "pick", start: { from: "exit", step: found.step.id, exit }, screen });
}

function rename(): void {
  const [id] = targets();
  const state = useCanvas.getState();
  const found = find(definitionNow(), id);
  if (id && !state.readOnly && (found?.is === "stage" || found?.is === "step" || found?.is === "end"))
    state.send({ type: "rename", id });
}

const selectAll = () => {
  const d = definitionNow();
  useCanvas.getState().select([...d.stages, ...d.ends, ...d.entries, ...d.notes].map((one) => one.id));
};

export const SHORTCUTS: Shortcut[] = [
  { keys: ["Mod+Z"], word: "undo", run: () => useCanvas.getState().undo() },
  { keys: ["Mod+Shift+Z", "Mod+Y"], word: "redo", run: () => useCanvas.getState().redo() },
  { keys: ["Mod+S"], word: "save", always: true, run: () => void saveNow() },
  { keys: ["Mod+K"], word: "find", always: true, run: () => useCanvas.getState().setFinding(true) },
  { keys: ["Enter"], word: "open", run: openPanel },
  { keys: ["F2"], word: "rename", run: rename },
  { keys: ["+", "="], word: "next", run: addNext },
  { keys: ["Delete", "Backspace"], word: "remove", run: () => useCanvas.getState().remove(targets()) },
  { keys: ["Mod+D"], word: "duplicate", run: () => duplicate(targets()) },
  { keys: ["Mod+A"], word: "all", run: selectAll },
  { keys: ["ArrowLeft"], word: "nudge", run: () => nudge(-STEP, 0) },
  { keys: ["ArrowRight"], word: "", run: () => nudge(STEP, 0) },
  { keys: ["ArrowUp"], word: "", run: () => nudge(0, -STEP) },
  { keys: ["ArrowDown"], word: "", run: () => nudge(0, STEP) },
  { keys: ["Shift+ArrowLeft"], word: "nudgeFar", run: () => nudge(-FAR_STEP, 0) },
  { keys: ["Shift+ArrowRight"], word: "", run: () => nudge(FAR_STEP, 0) },
  { keys: ["Shift+ArrowUp"], word: "", run: () => nudge(0, -FAR_STEP) },
  { keys: ["Shift+ArrowDown"], word: "", run: () => nudge(0, FAR_STEP) },
  { keys: ["Shift+T"], word: "tidy", run: tidy },
  { keys: ["Shift+1"], word: "fit", run: (sight) => sight.fit() },
  { keys: ["Shift+2"], word: "fitSelection", run: (sight) => sight.show(targets()) },
  { keys: ["?"], word: "keys", run: () => useCanvas.getState().setShowingKeys(true) },
  { keys: ["Escape"], word: "escape", always: true, run: escape },
];

/** Keys that the browser's own clipboard events stand for; they are listed with the others. */
export const CLIPBOARD_KEYS = [
  { keys: ["Mod+C"], word: "copy" },
  { keys: ["Mod+X"], word: "cut" },
  { keys: ["Mod+V"], word: "paste" },
];

const ONLY_PUNCTUATION = /^[^a-z0-9]$/i;
const DIGITS: Record<string, string> = { Digit1: "1", Digit2: "2" };

export function pressed(event: KeyboardEvent): string {
  const key =
    event.shiftKey && DIGITS[event.code]
      ? DIGITS[event.code]!
      : event.key.length === 1
        ? event.key.toUpperCase()
        : event.key;
  // A sign such as "?" already says that Shift was held.
  const shift = event.shiftKey && !ONLY_PUNCTUATION.test(key);
  return `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

export function startKeyboard(sight: Sight): () => void {
  const down = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return;
    const keys = pressed(event);
    const shortcut = SHORTCUTS.find((one) => one.keys.includes(keys));
    if (!shortcut || (isTyping(event.target) && !shortcut.always)) return;
    // A button pressed with Enter does what the button says.
    if (keys === "Enter" && event.target instanceof HTMLElement && event.target.closest("button, a, summary"))
      return;
    event.preventDefault();
    shortcut.run(sight);
  };
  window.addEventListener("keydown", down);
  return () => window.removeEventListener("keydown", down);
}
