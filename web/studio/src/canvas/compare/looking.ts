/** Looking at two drawings of one journey with two cameras that go together. */
import { useEffect, useMemo, useRef } from "react";

import { Camera } from "../flow/camera";
import { sizesFor } from "../flow/sizes";
import { isExitArrow, sources, type Definition, type Id } from "../model/definition";
import { bounds, boxOf } from "../model/geometry";
import { find } from "../model/lookup";
import { useCanvas } from "../store";
import { isTyping } from "../typing";
import { tie } from "./Sheet";

const MARGINS = { top: 64, right: 40, bottom: 40, left: 40 };
const NEAR = 0.8;
/** Zoomed out further than this, cards are too small to be told apart. */
const READABLE = 0.6;
const MS = 240;

/** The cameras of both sheets, tied together; the level of detail of the board behind comes back afterwards. */
export function useCameras(two: boolean): [Camera, Camera] {
  const cameras = useMemo<[Camera, Camera]>(() => [new Camera(), new Camera()], []);
  useEffect(() => (two ? tie(cameras[0], cameras[1]) : undefined), [cameras, two]);
  useEffect(() => {
    const { level, setLevel } = useCanvas.getState();
    return () => setLevel(level);
  }, []);
  return cameras;
}

/** The first look: everything, or the first thing worth looking at where everything would be too small. */
export function useFirstSight(
  camera: Camera,
  definition: Definition | undefined,
  first: (() => void) | null,
) {
  const seen = useRef(false);
  const pointed = useRef(false);
  useEffect(() => {
    if (!definition || seen.current) return;
    seen.current = true;
    const all = [...definition.stages, ...definition.entries, ...definition.ends];
    const box = bounds(all.flatMap((one) => boxIn(definition, one.id)));
    // The sheet may have been hung up before the page had a place for it.
    camera.measure();
    if (box) camera.fit(box, MARGINS);
  }, [camera, definition]);
  useEffect(() => {
    if (!seen.current || pointed.current || !first) return;
    pointed.current = true;
    camera.measure();
    if (camera.view.zoom < READABLE) first();
  });
}

function boxIn(definition: Definition, id: Id) {
  const { catalogue, names } = useCanvas.getState();
  const sizeOf = sizesFor(definition, catalogue, names.lang);
  const found = find(definition, id);
  if (found?.is !== "arrow") return boxOf(definition, id, sizeOf) ?? [];
  const { arrow } = found;
  const ends = isExitArrow(arrow) ? [arrow.from, arrow.to] : [...sources(arrow), arrow.to];
  return ends.flatMap((end) => boxOf(definition, end, sizeOf) ?? []);
}

/** Brings a thing into the middle of both sheets, wherever it is drawn. */
export function lookAt(camera: Camera, node: Id, ...drawings: (Definition | undefined)[]): void {
  for (const definition of drawings) {
    const box = definition && bounds([boxIn(definition, node)].flat());
    if (!box) continue;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const middle = { x: box.x + box.w / 2, y: box.y + Math.min(box.h / 2, 220) };
    return camera.center(middle, Math.max(camera.view.zoom, NEAR), still ? 0 : MS);
  }
}

const LET_THROUGH = ["tab", "enter", " ", "arrowup", "arrowdown", "arrowleft", "arrowright"];

const OURS = ["a", "d", "k", "s", "x", "y", "z"];

/** While two drawings are looked at, the editor's own keys rest: nothing can be changed by mistake. */
export function useOwnKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (document.querySelector(".ant-modal-wrap, .ant-select-dropdown:not(.ant-select-dropdown-hidden)"))
        return;
      const key = event.key.toLowerCase();
      if (isTyping(event.target) || LET_THROUGH.includes(key)) return;
      // The browser's own answers to these (selecting all, saving the page) would only be in the way.
      if ((event.ctrlKey || event.metaKey) && OURS.includes(key)) event.preventDefault();
      if (!event.ctrlKey && !event.metaKey) latest.current[key]?.();
      event.stopImmediatePropagation();
    };
    window.addEventListener("keydown", down, true);
    return () => window.removeEventListener("keydown", down, true);
  }, []);
}
