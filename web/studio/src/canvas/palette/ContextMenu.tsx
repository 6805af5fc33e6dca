/** The menu of a thing or of the bare canvas: right button, long press, or the menu key. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { addNext, openPanel, rename, selectAll, tidy } from "../acts";
import { copySelection, duplicate, pasteHere } from "../clipboard";
import { useCamera, type Camera } from "../flow/camera";
import { plant } from "../flow/planting";
import { useSight } from "../flow/sight";
import { keysOf, shownKeys } from "../keyboard";
import type { Point } from "../model/definition";
import { find } from "../model/lookup";
import { deskOf } from "../state/viewing";
import { useCanvas } from "../store";
import type { Plant } from "../tools/types";

interface Item {
  word: string;
  run(): void;
  /** Changes the journey; not offered to those who only look. */
  edits: boolean;
  /** A line above it. */
  apart?: boolean;
}
const WIDTH = 224;
const ROW = 34;

export function ContextMenu() {
  const menu = useCanvas((state) => state.menu);
  return menu ? <Menu key={`${menu.at.x} ${menu.at.y}`} at={menu.at} id={menu.id} /> : null;
}

function Menu({ at, id }: { at: Point; id: string | null }) {
  const { t } = useTranslation("canvas");
  const camera = useCamera();
  const { fit, show } = useSight();
  const readOnly = useCanvas((state) => state.readOnly);
  const list = useRef<HTMLDivElement>(null);
  const items = (id ? itemsOf(id, show) : groundItems(at, camera, fit)).filter(
    (item) => !readOnly || !item.edits,
  );
  const { closeMenu } = useCanvas.getState();
  useEffect(() => {
    list.current?.querySelector("button")?.focus();
    const outside = (event: PointerEvent) => {
      if (!list.current?.contains(event.target as Node)) useCanvas.getState().closeMenu();
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) buttons.at(to % buttons.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      closeMenu();
      document.querySelector<HTMLElement>(".rb-board")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const left = Math.min(at.x, window.innerWidth - WIDTH - 8);
  const top = Math.max(8, Math.min(at.y, window.innerHeight - items.length * ROW - 24));
  return (
    <div
      ref={list}
      className="rb-context rb-over"
      style={{ left, top, width: WIDTH }}
      role="menu"
      aria-label={t("menu.title")}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      {items.map((item) => {
        const keys = keysOf(item.word);
        return (
          <button
            key={item.word}
            type="button"
            role="menuitem"
            className={item.apart ? "rb-apart" : ""}
            onClick={() => {
              closeMenu();
              document.querySelector<HTMLElement>(".rb-board")?.focus();
              item.run();
            }}
          >
            <span>{t(`keys.${item.word}`)}</span>
            {keys && <kbd>{shownKeys(keys)}</kbd>}
          </button>
        );
      })}
    </div>
  );
}

function itemsOf(id: string, show: (ids: readonly string[]) => void): Item[] {
  const { history, selection, remove } = useCanvas.getState();
  const found = find(history.present, id);
  if (!found) return [];
  const one = selection.length === 1;
  const named = found.is === "stage" || found.is === "step" || found.is === "end";
  const goesOn = found.is === "stage" || found.is === "step" || found.is === "entry";
  const copied = found.is !== "arrow" && found.is !== "entry";
  const items: (Item | false)[] = [
    one && { word: "open", run: openPanel, edits: false },
    one && named && { word: "rename", run: rename, edits: true },
    one &&
      (goesOn || (found.is === "arrow" && "exit" in found.arrow)) && {
        word: "next",
        run: addNext,
        edits: true,
      },
    copied && { word: "copy", run: () => void copySelection(false), edits: false, apart: true },
    copied && { word: "cut", run: () => void copySelection(true), edits: true },
    copied && { word: "duplicate", run: () => duplicate(selection), edits: true },
    (found.is === "stage" || selection.length > 1) && { word: "tidy", run: tidy, edits: true },
    { word: "fitSelection", run: () => show(selection), edits: false, apart: true },
    { word: "remove", run: () => remove(selection), edits: true, apart: true },
  ];
  return items.filter((item) => item !== false);
}

function groundItems(at: Point, camera: Camera, fit: () => void): Item[] {
  const point = camera.toCanvas(at);
  const add = (thing: Plant) => () => {
    const state = useCanvas.getState();
    const made = plant(deskOf(state), thing, { on: "canvas" }, point);
    if (made) state.run(made.commands, { select: [made.id], open: true });
  };
  return [
    { word: "addStage", run: add({ what: "stage" }), edits: true },
    { word: "addEnd", run: add({ what: "end" }), edits: true },
    { word: "addNote", run: add({ what: "note" }), edits: true },
    { word: "paste", run: () => void pasteHere(point), edits: true, apart: true },
    { word: "all", run: selectAll, edits: false },
    { word: "tidy", run: tidy, edits: true },
    { word: "fit", run: fit, edits: false, apart: true },
    { word: "find", run: () => useCanvas.getState().setFinding(true), edits: false },
    { word: "keys", run: () => useCanvas.getState().setShowingKeys(true), edits: false },
  ];
}
