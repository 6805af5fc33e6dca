/** A stage seen from afar: its steps as marks in the colours of their kinds, its inner arrows as one thin line. */
import { memo, useMemo } from "react";

import { useCanvas } from "../store";
import { placeOn, staysInside, type Scene } from "./scene";
import { isAmong } from "./selected";
import type { FlowNode } from "./types";

export const StageMarks = memo(function StageMarks({ stage, scene }: { stage: FlowNode; scene: Scene }) {
  const steps = scene.inside.get(stage.id);
  const marks = useMemo(() => marksOf(steps ?? []), [steps]);
  const lines = useMemo(() => innerLines(scene, stage), [scene, stage]);
  const selected = useCanvas((state) =>
    boxes((steps ?? []).filter((step) => isAmong(state.selection, step.id))),
  );
  const wrong = useCanvas((state) =>
    boxes((steps ?? []).filter((step) => state.problems.byNode.get(step.id)?.some(isError))),
  );
  const { x, y } = placeOn(scene.byId, stage);
  return (
    <svg
      className="rb-stubs"
      data-with={stage.id}
      style={{ left: x, top: y }}
      width={stage.width}
      height={stage.height}
      aria-hidden="true"
    >
      <path d={lines} className="rb-stub-lines" />
      {marks.map(([group, path]) => (
        <path key={group} d={path} className={`rb-stub rb-group-${group}`} />
      ))}
      {wrong && <path d={wrong} className="rb-stub-wrong" />}
      {selected && <path d={selected} className="rb-stub-selected" />}
    </svg>
  );
});

const isError = (one: { severity: string }) => one.severity === "error";
const boxOf = ({ position, width, height }: FlowNode) =>
  `M${position.x} ${position.y}h${width}v${height}h${-width}z`;
const boxes = (nodes: FlowNode[]): string => nodes.map(boxOf).join("");

function marksOf(steps: readonly FlowNode[]): [string, string][] {
  const byGroup = new Map<string, FlowNode[]>();
  for (const step of steps) {
    const group = (step.type === "step" && step.data.group) || "flow";
    byGroup.set(group, [...(byGroup.get(group) ?? []), step]);
  }
  return [...byGroup].map(([group, nodes]) => [group, boxes(nodes)]);
}

function innerLines(scene: Scene, stage: FlowNode): string {
  const { x, y } = stage.position;
  return scene.lines
    .filter(
      (line) => scene.byId.get(line.edge.source)?.parentId === stage.id && staysInside(scene.byId, line),
    )
    .map(({ points }) => `M${points.map((point) => `${point.x - x} ${point.y - y}`).join("L")}`)
    .join("");
}
