/** Every key and what it does: one table, used by the keyboard and by the list under `?`. */
import {
  addNext,
  alignSelection,
  escape,
  fullScreen,
  nextProblem,
  nudge,
  openMenu,
  openPanel,
  rename,
  selectAll,
  tidy,
  walk,
  walkArrows,
  type Sight,
} from "./acts";
import { saveNow } from "./autosave";
import { duplicate } from "./clipboard";
import { GRID } from "./model/geometry";
import { addWhereItFits } from "./palette/addWhereItFits";
import { openPublishing } from "./publish/store";
import { useCanvas } from "./store";
import { isTyping } from "./typing";

export type KeyGroup = "walk" | "draw" | "edit" | "arrange" | "view";
export interface Shortcut {
  /** As `Mod+Shift+Z`; Mod is Ctrl, or Cmd on a Mac. */
  keys: string[];
  /** Names its line in the list; those without a word share the line before. */
  word: string;
  group: KeyGroup;
  /** Works also while something is being typed. */
  always?: boolean;
  run(sight: Sight): void;
}

const STEP = GRID;
const FAR_STEP = GRID * 5;
const ZOOM = 1.25;
const canvas = () => useCanvas.getState();

const WALKING: Shortcut[] = [
  { keys: ["ArrowLeft"], word: "walk", group: "walk", run: (sight) => walk("left", sight) },
  { keys: ["ArrowRight"], word: "", group: "walk", run: (sight) => walk("right", sight) },
  { keys: ["ArrowUp"], word: "", group: "walk", run: (sight) => walk("up", sight) },
  { keys: ["ArrowDown"], word: "", group: "walk", run: (sight) => walk("down", sight) },
  { keys: ["."], word: "nextArrow", group: "walk", run: (sight) => walkArrows(1, sight) },
  { keys: [","], word: "lastArrow", group: "walk", run: (sight) => walkArrows(-1, sight) },
  { keys: ["P"], word: "nextProblem", group: "walk", run: (sight) => nextProblem(1, sight) },
  { keys: ["Shift+P"], word: "lastProblem", group: "walk", run: (sight) => nextProblem(-1, sight) },
  { keys: ["Mod+K"], word: "find", group: "walk", always: true, run: () => canvas().setFinding(true) },
  { keys: ["Enter"], word: "open", group: "walk", run: openPanel },
  { keys: ["ContextMenu", "Shift+F10"], word: "menu", group: "walk", run: openMenu },
  { keys: ["Escape"], word: "escape", group: "walk", always: true, run: escape },
];

const DRAWING: Shortcut[] = [
  { keys: ["+", "="], word: "next", group: "draw", run: addNext },
  { keys: ["S"], word: "addStage", group: "draw", run: () => addWhereItFits({ what: "stage" }) },
  { keys: ["E"], word: "addEnd", group: "draw", run: () => addWhereItFits({ what: "end" }) },
  { keys: ["N"], word: "addNote", group: "draw", run: () => addWhereItFits({ what: "note" }) },
  { keys: ["F2"], word: "rename", group: "draw", run: rename },
  {
    keys: ["Delete", "Backspace"],
    word: "remove",
    group: "draw",
    run: () => canvas().remove(canvas().selection),
  },
];

const EDITING: Shortcut[] = [
  { keys: ["Mod+Z"], word: "undo", group: "edit", run: () => canvas().undo() },
  { keys: ["Mod+Shift+Z", "Mod+Y"], word: "redo", group: "edit", run: () => canvas().redo() },
  { keys: ["Mod+A"], word: "all", group: "edit", run: selectAll },
  { keys: ["Mod+D"], word: "duplicate", group: "edit", run: () => duplicate(canvas().selection) },
  { keys: ["Mod+S"], word: "save", group: "edit", always: true, run: () => void saveNow() },
  { keys: ["Mod+Enter"], word: "publish", group: "edit", run: () => openPublishing() },
];

const ARRANGING: Shortcut[] = [
  { keys: ["Mod+ArrowLeft"], word: "nudge", group: "arrange", run: () => nudge(-STEP, 0) },
  { keys: ["Mod+ArrowRight"], word: "", group: "arrange", run: () => nudge(STEP, 0) },
  { keys: ["Mod+ArrowUp"], word: "", group: "arrange", run: () => nudge(0, -STEP) },
  { keys: ["Mod+ArrowDown"], word: "", group: "arrange", run: () => nudge(0, STEP) },
  { keys: ["Mod+Shift+ArrowLeft"], word: "nudgeFar", group: "arrange", run: () => nudge(-FAR_STEP, 0) },
  { keys: ["Mod+Shift+ArrowRight"], word: "", group: "arrange", run: () => nudge(FAR_STEP, 0) },
  { keys: ["Mod+Shift+ArrowUp"], word: "", group: "arrange", run: () => nudge(0, -FAR_STEP) },
  { keys: ["Mod+Shift+ArrowDown"], word: "", group: "arrange", run: () => nudge(0, FAR_STEP) },
  { keys: ["Shift+T"], word: "tidy", group: "arrange", run: tidy },
  { keys: ["Alt+A"], word: "left", group: "arrange", run: () => alignSelection("left") },
  { keys: ["Alt+H"], word: "center", group: "arrange", run: () => alignSelection("center") },
  { keys: ["Alt+D"], word: "right", group: "arrange", run: () => alignSelection("right") },
  { keys: ["Alt+W"], word: "top", group: "arrange", run: () => alignSelection("top") },
  { keys: ["Alt+V"], word: "middle", group: "arrange", run: () => alignSelection("middle") },
  { keys: ["Alt+S"], word: "bottom", group: "arrange", run: () => alignSelection("bottom") },
  { keys: ["Alt+Shift+H"], word: "across", group: "arrange", run: () => alignSelection("across") },
  { keys: ["Alt+Shift+V"], word: "down", group: "arrange", run: () => alignSelection("down") },
];

const VIEWING: Shortcut[] = [
  { keys: ["Shift+1"], word: "fit", group: "view", run: (sight) => sight.fit() },
  { keys: ["Shift+2"], word: "fitSelection", group: "view", run: (sight) => sight.show(canvas().selection) },
  { keys: ["Shift+0"], word: "asDrawn", group: "view", run: (sight) => sight.zoomTo(1) },
  { keys: ["Z"], word: "zoomIn", group: "view", run: (sight) => sight.zoomBy(ZOOM) },
  { keys: ["Shift+Z"], word: "zoomOut", group: "view", run: (sight) => sight.zoomBy(1 / ZOOM) },
  { keys: ["Shift+V"], word: "versions", group: "view", run: () => canvas().setSide("versions") },
  { keys: ["Shift+F"], word: "fullScreen", group: "view", run: fullScreen },
  { keys: ["?"], word: "keys", group: "view", run: () => canvas().setShowingKeys(true) },
];

export const SHORTCUTS: Shortcut[] = [...WALKING, ...DRAWING, ...EDITING, ...ARRANGING, ...VIEWING];

/** Keys that the browser's own clipboard events stand for; they are listed with the others. */
export const CLIPBOARD_KEYS = [
  { keys: ["Mod+C"], word: "copy" },
  { keys: ["Mod+X"], word: "cut" },
  { keys: ["Mod+V"], word: "paste" },
];

/** The first keys of an action, for menus and tips. */
export const keysOf = (word: string): string | undefined =>
  [...SHORTCUTS, ...CLIPBOARD_KEYS].find((one) => one.word === word)?.keys[0];

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const shownKeys = (keys: string): string =>
  keys
    .replace("Mod", isMac ? "⌘" : "Ctrl")
    .replace("Alt", isMac ? "⌥" : "Alt")
    .replace(/Arrow(Left|Right|Up|Down)/, "← ↑ ↓ →")
    .replace("ContextMenu", "≣")
    .replace(/(?<=.)\+(?=.)/g, " + ");

const ONLY_PUNCTUATION = /^[^a-z0-9]$/i;
const ON_KEY = /^(?:Key([A-Z])|Digit(\d))$/;

export function pressed(event: KeyboardEvent): string {
  // With Shift or Alt a key gives another sign on every keyboard; what is written on it stays.
  const written = ON_KEY.exec(event.code);
  const letter = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const key =
    written && (event.altKey || (event.shiftKey && written[2])) ? (written[1] ?? written[2]!) : letter;
  // A sign such as "?" already says that Shift was held.
  const shift = event.shiftKey && !ONLY_PUNCTUATION.test(key);
  return `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** In these, arrow keys and the like have a meaning of their own. */
const OWN_KEYS =
  "[role=menu], [role=dialog], [role=slider], [role=tablist], [role=radiogroup], .ant-dropdown";

function isTaken(event: KeyboardEvent, keys: string): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.target.closest(OWN_KEYS)) return true;
  // A button pressed with Enter or Space does what the button says.
  return (keys === "Enter" || keys === " ") && !!event.target.closest("button, a, summary");
}

export function startKeyboard(sight: Sight): () => void {
  const down = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const keys = pressed(event);
    const shortcut = SHORTCUTS.find((one) => one.keys.includes(keys));
    if (!shortcut || (!shortcut.always && (isTyping(event.target) || isTaken(event, keys)))) return;
    event.preventDefault();
    shortcut.run(sight);
  };
  window.addEventListener("keydown", down);
  return () => window.removeEventListener("keydown", down);
}
