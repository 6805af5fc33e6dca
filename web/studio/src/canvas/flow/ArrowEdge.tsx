/** An arrow: thick from a stage with a chip that says why, thin from a step's exit. */
import { EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import { isExitArrow } from "../model/definition";
import type { Reason } from "../model/words/arrow";
import { useMarkClass } from "../publish/marks";
import { useCanvas } from "../store";
import { ProblemPin } from "./marks";
import { chipSpot, corners, roundedPath, type ChipSpot } from "./path";
import type { ArrowFlowEdge, Chip } from "./types";

export const ArrowEdge = memo(function ArrowEdge(props: EdgeProps<ArrowFlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, data, selected } = props;
  const route = data!.route;
  const [near, setNear] = useState(false);
  const { line, spot } = useMemo(() => {
    const points = corners({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, route);
    return { line: roundedPath(points), spot: chipSpot(points, route) };
  }, [sourceX, sourceY, targetX, targetY, route]);
  const arrow = data!.arrow;
  const far = useCanvas((state) => state.far);
  const wanted = useCanvas(
    ({ tool }) => tool.name === "placing" && tool.soil?.on === "arrow" && tool.soil.arrow === arrow?.id,
  );
  const heat = useCanvas((state) =>
    arrow && data!.counted ? heatOf(state.layer === "off" ? 0 : (state.numbers?.arrows[arrow.id] ?? 0)) : 0,
  );
  const mark = useMarkClass(arrow?.id);
  const onWay = useCanvas((state) =>
    !state.way || !arrow ? "" : state.way.arrows.includes(arrow.id) ? "rb-way-on" : "rb-way-off",
  );
  const way = mark ? `${onWay} ${mark}` : onWay;
  const look = `rb-arrow rb-arrow-${data!.look} ${selected ? "rb-selected" : ""} ${wanted ? "rb-wanted" : ""} ${way}`;
  return (
    <g
      onMouseEnter={() => setNear(true)}
      onMouseLeave={() => setNear(false)}
      className={look}
      style={heat ? ({ "--heat": heat } as React.CSSProperties) : undefined}
    >
      {heat > 0 && <path d={line} className="rb-heat" />}
      <path
        id={`rb-line-${id}`}
        d={line}
        className="rb-line"
        markerEnd={`url(#rb-head-${selected ? "selected" : data!.look})`}
      />
      <path d={line} className="react-flow__edge-interaction rb-line-touch" data-arrow={arrow?.id} />
      {(!far || data!.chip) && (
        <EdgeLabelRenderer>
          {data!.chip && arrow && (
            <ChipOn chip={data!.chip} spot={spot} arrow={arrow.id} selected={!!selected} way={way} />
          )}
          {!far && arrow && isExitArrow(arrow) && (
            <PlusOn spot={spot} step={arrow.from} exit={arrow.exit} shown={!!selected || wanted || near} />
          )}
          {!far && arrow && data!.counted && <ArrowCount id={arrow.id} spot={spot} beside={!!data!.chip} />}
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

/** From 0 to 1: the more people went along, the wider; ten times as many look twice as wide. */
const heatOf = (count: number): number => (count <= 0 ? 0 : Math.min(1, Math.log10(count + 1) / 5));

const at = (spot: ChipSpot, dx = 0, dy = 0) => ({
  transform: `translate(${spot.hang === "left" ? "0" : "-50%"}, -50%) translate(${spot.x + dx}px, ${spot.y + dy}px)`,
});

const SIGNS: Record<Reason, string> = { event: "bolt", time: "clock", rule: "rule", done: "done" };

function ChipOn(props: { chip: Chip; spot: ChipSpot; arrow: string; selected: boolean; way: string }) {
  const { chip, spot, arrow, selected, way } = props;
  const { t } = useTranslation("canvas");
  const whole = chip.where ? `${chip.text} ◇ ${chip.where}` : chip.text;
  return (
    <div className={`rb-chip-spot ${way}`} style={at(spot)}>
      <button
        type="button"
        tabIndex={-1}
        className={`rb-chip rb-chip-${chip.reason} ${selected ? "rb-selected" : ""} nodrag nopan`}
        title={`${chip.order === null ? "" : `${t("arrow.order", { n: chip.order })} `}${whole}`}
        onClick={(event) => {
          event.stopPropagation();
          useCanvas.getState().select([arrow], true);
        }}
      >
        {chip.order !== null && <span className="rb-chip-order">{chip.order}</span>}
        <span className="rb-chip-sign">
          <Glyph name={SIGNS[chip.reason]} size={14} />
        </span>
        <span className="rb-chip-text">{chip.text}</span>
        {chip.where && <span aria-hidden="true">◇</span>}
      </button>
      <ProblemPin id={arrow} />
    </div>
  );
}

function PlusOn({ spot, step, exit, shown }: { spot: ChipSpot; step: string; exit: string; shown: boolean }) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  if (readOnly) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`rb-plus nodrag nopan ${shown ? "rb-shown" : ""}`}
      style={at({ ...spot, hang: "middle" })}
      title={t("arrow.insert")}
      aria-label={t("arrow.insert")}
      onClick={(event) => {
        event.stopPropagation();
        useCanvas.getState().send({
          type: "pick",
          start: { from: "exit", step, exit },
          screen: { x: event.clientX, y: event.clientY },
        });
      }}
    >
      <Glyph name="plus" size={12} />
    </button>
  );
}

function ArrowCount({ id, spot, beside }: { id: string; spot: ChipSpot; beside: boolean }) {
  const count = useCanvas((state) => {
    if (state.playing) return state.frame?.passed[id] ?? 0;
    return state.layer === "off" ? 0 : (state.numbers?.arrows[id] ?? 0);
  });
  if (count === 0) return null;
  return (
    <span
      className="rb-arrow-count"
      style={at({ ...spot, hang: beside ? spot.hang : "middle" }, beside ? 4 : 24, beside ? 22 : 0)}
    >
      {count.toLocaleString("en-US")}
    </span>
  );
}

const HEADS = ["stage", "step", "side", "any", "entry", "selected"] as const;

/** The heads of all arrows, once per page. */
export function ArrowHeads() {
  return (
    <svg className="rb-heads" aria-hidden="true">
      <defs>
        {HEADS.map((look) => (
          <marker
            key={look}
            id={`rb-head-${look}`}
            className={`rb-head-${look}`}
            viewBox="0 0 10 10"
            refX="8.5"
            refY="5"
            markerWidth={look === "stage" || look === "any" ? 13 : 10}
            markerHeight={look === "stage" || look === "any" ? 13 : 10}
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M1 1 L9 5 L1 9 z" />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
