/** An arrow: thick from a stage with a chip that says why, thin from a step's exit. Its line and its words lie in two
 *  sheets, the words over the stages. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";

import { Glyph } from "../look/Glyph";
import { isExitArrow, type Id, type Point } from "../model/definition";
import type { Reason } from "../model/words/arrow";
import { peopleOf, useArrowFigure, useHeat } from "../numbers/useFigure";
import { useMarkClass } from "../publish/marks";
import { useCanvas } from "../store";
import { along } from "./lines";
import { ProblemPin } from "./marks";
import { chipSpot, roundedPath, type ChipSpot } from "./path";
import type { Line } from "./scene";
import { isAmong } from "./selected";
import type { Chip } from "./types";

/** The line under the pointer: it offers a "+" and its two ends. */
const useNear = create<{ line: string | null }>(() => ({ line: null }));
const comeNear = (line: string) => useNear.setState({ line });
const leave = (line: string) => useNear.setState((state) => (state.line === line ? { line: null } : state));

/** Whether something carried over the canvas would be put into this arrow. */
const useIsWanted = (arrow: Id | undefined): boolean =>
  useCanvas(({ tool }) => {
    if (tool.name === "placing") return tool.soil?.on === "arrow" && tool.soil.arrow === arrow;
    return tool.name === "moving" && tool.into !== null && tool.into === arrow;
  });

function useWay(arrow: Id | undefined): string {
  const mark = useMarkClass(arrow);
  const way = useCanvas((state) =>
    !state.way || !arrow ? "" : state.way.arrows.includes(arrow) ? "rb-way-on" : "rb-way-off",
  );
  return mark ? `${way} ${mark}` : way;
}

export const ArrowLine = memo(function ArrowLine({ line }: { line: Line }) {
  const { edge, points } = line;
  const { id, data } = edge;
  const { arrow } = data;
  const selected = useCanvas((state) => arrow !== null && isAmong(state.selection, arrow.id));
  const wanted = useIsWanted(arrow?.id);
  const heat = useHeat(data.counted ? arrow?.id : undefined);
  const way = useWay(arrow?.id);
  const path = roundedPath(points);
  const look = `rb-arrow rb-arrow-${data.look} ${selected ? "rb-selected" : ""} ${wanted ? "rb-wanted" : ""} ${heat ? `rb-heat-${heat.tone}` : ""} ${way}`;
  return (
    <g
      id={`rb-arrow-${id}`}
      data-line={id}
      onMouseEnter={() => comeNear(id)}
      onMouseLeave={() => leave(id)}
      className={look}
      style={heat ? ({ "--heat": heat.width } as React.CSSProperties) : undefined}
    >
      {heat && <path d={path} className="rb-heat" />}
      <path
        id={`rb-line-${id}`}
        d={path}
        className="rb-line"
        markerEnd={`url(#rb-head-${selected ? "selected" : data.look})`}
      />
      <path d={path} className="rb-line-touch" data-arrow={arrow?.id} />
    </g>
  );
});

/** So far from the dot of an exit its arrow is taken hold of; the dot itself has its own answer to being pressed. */
const BEHIND_DOT = 24;

/** The two ends of the arrow under the pointer and of those selected, to be hung somewhere else. Above all cards. */
export function ArrowEnds({ lines }: { lines: readonly Line[] }) {
  const near = useNear((state) => state.line);
  const selection = useCanvas((state) => state.selection);
  const editable = useCanvas((state) => !state.readOnly && !state.far && state.tool.name === "idle");
  if (!editable) return null;
  const shown = lines.filter(({ edge }) => {
    const { arrow } = edge.data;
    return arrow !== null && (edge.id === near || isAmong(selection, arrow.id));
  });
  return (
    <svg className="rb-lines" aria-hidden="true">
      {shown.map(({ edge, points }) => (
        <g key={edge.id} onMouseEnter={() => comeNear(edge.id)} onMouseLeave={() => leave(edge.id)}>
          <Start line={edge.id} at={away(points, BEHIND_DOT)} />
          <End line={edge.id} end="target" at={points.at(-1)!} />
        </g>
      ))}
    </svg>
  );
}

/** The place on a line so far from its start; none on a short one, where it would lie on the "+". */
function away(points: readonly Point[], far: number): Point | null {
  const lengths = points.slice(1).map((at, n) => Math.hypot(at.x - points[n]!.x, at.y - points[n]!.y));
  const whole = lengths.reduce((sum, one) => sum + one, 0);
  return whole < far * 4 ? null : along(points, far / whole);
}

const Start = ({ line, at }: { line: string; at: Point | null }) =>
  at && <End line={line} end="source" at={at} />;

const End = ({ line, end, at }: { line: string; end: "source" | "target"; at: Point }) => (
  <circle cx={at.x} cy={at.y} r={9} className="rb-line-end" data-end={end} data-end-of={line} />
);

export const ArrowLabels = memo(function ArrowLabels({ line }: { line: Line }) {
  const { id, data } = line.edge;
  const { arrow, chip } = data;
  const far = useCanvas((state) => state.far);
  const selected = useCanvas((state) => arrow !== null && isAmong(state.selection, arrow.id));
  const near = useNear((state) => state.line === id);
  const wanted = useIsWanted(arrow?.id);
  const way = useWay(arrow?.id);
  if (!arrow || (far && !chip)) return null;
  const spot = chipSpot(line.points, data.route);
  const insert = !far && isExitArrow(arrow) && (near || selected || wanted);
  return (
    <div
      className="rb-label"
      data-line={id}
      style={{ left: spot.x, top: spot.y }}
      onMouseEnter={() => comeNear(id)}
      onMouseLeave={() => leave(id)}
    >
      {chip && <ChipOn chip={chip} hang={spot.hang} arrow={arrow.id} selected={selected} way={way} />}
      {insert && <PlusOn step={arrow.from} exit={arrow.exit} />}
      {!far && data.counted && <ArrowCount id={arrow.id} hang={spot.hang} beside={!!chip} />}
    </div>
  );
});

/** Hung by nothing but its place: a transform for each would make a layer's work of it. */
const hung = (hang: ChipSpot["hang"], dx = 0, dy = 0): React.CSSProperties => ({
  left: dx,
  top: dy,
  justifyContent: hang === "left" ? "flex-start" : "center",
});

const SIGNS: Record<Reason, string> = { event: "bolt", time: "clock", rule: "rule", done: "done" };

interface ChipOnProps {
  chip: Chip;
  hang: ChipSpot["hang"];
  arrow: Id;
  selected: boolean;
  way: string;
}

function ChipOn({ chip, hang, arrow, selected, way }: ChipOnProps) {
  const { t } = useTranslation("canvas");
  const whole = chip.where ? `${chip.text} ◇ ${chip.where}` : chip.text;
  return (
    <div className="rb-hung" style={hung(hang)}>
      <div className={`rb-chip-spot ${way}`}>
        <button
          type="button"
          tabIndex={-1}
          className={`rb-chip rb-chip-${chip.reason} ${selected ? "rb-selected" : ""} `}
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
    </div>
  );
}

function PlusOn({ step, exit }: { step: Id; exit: string }) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  if (readOnly) return null;
  return (
    <div className="rb-hung" style={hung("middle")}>
      <button
        type="button"
        tabIndex={-1}
        className="rb-plus"
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
    </div>
  );
}

function ArrowCount({ id, hang, beside }: { id: Id; hang: ChipSpot["hang"]; beside: boolean }) {
  const said = useArrowFigure(id);
  const people = useCanvas((state) => (state.playing ? null : peopleOf(state, id)));
  const heat = useHeat(id);
  if (!said) return null;
  return (
    <div className="rb-hung" style={hung(beside ? hang : "middle", beside ? 4 : 24, beside ? 22 : 0)}>
      <button
        type="button"
        tabIndex={-1}
        className={`rb-arrow-count ${heat?.tone === "lost" ? "rb-heat-lost-count" : ""}`}
        disabled={people === null}
        title={said.title || undefined}
        onClick={(event) => {
          event.stopPropagation();
          if (people) useCanvas.getState().showPeople(people);
        }}
      >
        {said.text}
      </button>
    </div>
  );
}

const HEADS = ["stage", "step", "side", "any", "entry", "selected"] as const;

/** The heads of all arrows, once for each drawing. */
export function ArrowHeads() {
  return (
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
  );
}
