/** Cards and lines of one scene under one camera. Only what is near the view is there at all. */
import { memo, startTransition, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { contains, type Box } from "../model/geometry";
import { useCanvas } from "../store";
import { ArrowEnds, ArrowHeads, ArrowLabels, ArrowLine } from "./ArrowEdge";
import { useCamera, type Camera, type View } from "./camera";
import { nameOf } from "./names";
import { AnyStageBar, EndNode, EntryNode, NoteNode } from "./OtherNodes";
import { placeOn, seenIn, type Level, type Scene } from "./scene";
import { isAmong } from "./selected";
import { StageMarks } from "./StageMarks";
import { StageNode } from "./StageNode";
import { StepNode } from "./StepNode";
import type { FlowNode } from "./types";

/** So far beyond the border of the view things are kept, in pixels of the screen. */
const MARGIN = 320;
/** Zoomed further out than this, things around the view have come into it. */
const ROOMIER = 1.3;
const FAR_BELOW = 0.46;
const MAP_BELOW = 0.24;

export const levelAt = (zoom: number): Level =>
  zoom < MAP_BELOW ? "map" : zoom < FAR_BELOW ? "far" : "near";

interface Kept {
  box: Box;
  level: Level;
  zoom: number;
}

const keep = (camera: Camera): Kept => ({
  box: camera.seen(MARGIN),
  level: levelAt(camera.view.zoom),
  zoom: camera.view.zoom,
});

function isEnough(kept: Kept, camera: Camera, view: View): boolean {
  if (levelAt(view.zoom) !== kept.level || view.zoom * ROOMIER < kept.zoom) return false;
  const seen = camera.seen();
  return contains(kept.box, seen) && contains(kept.box, { x: seen.x + seen.w, y: seen.y + seen.h });
}

/** The part of the canvas that is kept drawn; changes seldom while the view moves, and never keeps it waiting. */
function useKept(camera: Camera): Kept {
  const [kept, setKept] = useState(() => keep(camera));
  const latest = useRef(kept);
  useEffect(() => {
    const look = (view: View) => {
      if (isEnough(latest.current, camera, view)) return;
      latest.current = keep(camera);
      startTransition(() => setKept(latest.current));
    };
    return camera.watch(look);
  }, [camera]);
  return kept;
}

/** Moves the sheet with the camera by its style alone. While it moves it is a layer of its own, which costs no painting. */
function useMovingSheet(camera: Camera) {
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let rest = 0;
    let drawn = 1;
    const stop = camera.watch(({ x, y, zoom }) => {
      const style = sheet.current?.style;
      if (!style) return;
      style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
      style.willChange = "transform";
      if (zoom < MAP_BELOW && Math.abs(zoom / drawn - 1) > NOTABLY)
        style.setProperty("--zoom", `${(drawn = zoom)}`);
      window.clearTimeout(rest);
      rest = window.setTimeout(() => (style.willChange = "auto"), SETTLED_MS);
    });
    return () => {
      stop();
      window.clearTimeout(rest);
    };
  }, [camera]);
  return sheet;
}
const SETTLED_MS = 220;
/** By so much the zoom of a map changes before its letters are set anew. */
const NOTABLY = 0.12;

export function Drawing({ scene, children }: { scene: Scene; children?: ReactNode }) {
  const camera = useCamera();
  const kept = useKept(camera);
  const sheet = useMovingSheet(camera);
  const seen = useMemo(() => seenIn(scene, kept.box, kept.level), [scene, kept]);
  useEffect(() => useCanvas.getState().setLevel(kept.level), [kept.level]);
  const isMap = kept.level === "map";
  return (
    <div ref={sheet} className="rb-sheet">
      <div>
        {seen.stages.map((node) => (
          <CardBox key={node.id} node={node} scene={scene} />
        ))}
        {isMap &&
          seen.stages
            .filter((node) => node.type === "stage")
            .map((node) => <StageMarks key={node.id} stage={node} scene={scene} />)}
      </div>
      <svg className="rb-lines" aria-hidden="true">
        <ArrowHeads />
        {seen.lines.map((line) => (
          <ArrowLine key={line.edge.id} line={line} />
        ))}
      </svg>
      <div className="rb-labels">
        {seen.lines.map((line) => (
          <ArrowLabels key={line.edge.id} line={line} />
        ))}
      </div>
      <div>
        {seen.cards.map((node) => (
          <CardBox key={node.id} node={node} scene={scene} />
        ))}
      </div>
      <ArrowEnds lines={seen.lines} />
      {children}
    </div>
  );
}

function CardBox({ node, scene }: { node: FlowNode; scene: Scene }) {
  const { x, y } = placeOn(scene.byId, node);
  return <Card node={node} x={x} y={y} />;
}

const Card = memo(function Card({ node, x, y }: { node: FlowNode; x: number; y: number }) {
  const { t } = useTranslation("canvas");
  const selected = useCanvas((state) => isAmong(state.selection, node.id));
  const problems = useCanvas(
    (state) => state.problems.byNode.get(node.id)?.filter((one) => one.severity !== "info").length ?? 0,
  );
  const wrong = problems > 0 ? `，${t("a11y.problems", { count: problems })}` : "";
  return (
    <div
      id={`rb-node-${node.id}`}
      data-node={node.id}
      className={`rb-node rb-node-${node.type}`}
      role="group"
      aria-label={`${nameOf(node, t)}${wrong}`}
      style={{ left: x, top: y, width: node.width, height: node.height }}
    >
      {bodyOf(node, selected)}
    </div>
  );
});

function bodyOf(node: FlowNode, selected: boolean): ReactNode {
  switch (node.type) {
    case "stage":
      return <StageNode id={node.id} data={node.data} selected={selected} />;
    case "step":
      return <StepNode id={node.id} data={node.data} selected={selected} />;
    case "entry":
      return <EntryNode id={node.id} data={node.data} selected={selected} />;
    case "end":
      return <EndNode id={node.id} data={node.data} selected={selected} />;
    case "note":
      return <NoteNode id={node.id} data={node.data} selected={selected} />;
    case "any":
      return <AnyStageBar id={node.id} data={node.data} selected={selected} />;
  }
}
