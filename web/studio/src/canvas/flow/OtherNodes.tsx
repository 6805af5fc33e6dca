/** Flags where people get in, pills where they end, notes, and the bar of any stage. */
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";
import { OUT } from "./anchors";
import { Dot } from "./Dots";
import { CountMark, NameOn, ProblemPin, useIsLandingOn, useWayClass } from "./marks";
import type { AnyStageFlowNode, CardProps, EndFlowNode, EntryFlowNode, NoteFlowNode } from "./types";

export const EntryNode = memo(function EntryNode({ id, data, selected }: CardProps<EntryFlowNode>) {
  const way = useWayClass(id);
  const title = data.where ? `${data.sentence} ◇ ${data.where}` : data.sentence;
  return (
    <>
      <div className={`rb-entry ${selected ? "rb-selected" : ""} ${way}`} title={title}>
        <span className="rb-entry-flag">
          <Glyph name="flag" />
        </span>
        <span className="rb-entry-words">
          <small>{data.kindTitle}</small>
          <strong>
            {data.sentence}
            {data.where && " ◇"}
          </strong>
        </span>
      </div>
      {data.points.map((point) => (
        <Dot
          key={point.id}
          of={id}
          point={point}
          className={`rb-slot ${point.id === OUT ? "" : "rb-hidden-dot"}`}
        />
      ))}
      <ProblemPin id={id} />
    </>
  );
});

export const EndNode = memo(function EndNode({ id, data, selected }: CardProps<EndFlowNode>) {
  const { t } = useTranslation("canvas");
  const landing = useIsLandingOn(id);
  const way = useWayClass(id);
  const { end } = data;
  const result = t(`result.${end.result}`, { defaultValue: end.result });
  return (
    <>
      <div
        className={`rb-end rb-end-${end.result} ${selected ? "rb-selected" : ""} ${landing ? "rb-landing-on" : ""} ${way}`}
      >
        <Glyph name="end" size={18} />
        <span className="rb-entry-words">
          <NameOn id={id} name={end.name || result} className="rb-end-name" />
          {end.name !== result && <small>{result}</small>}
        </span>
        <CountMark id={id} />
      </div>
      <ProblemPin id={id} />
    </>
  );
});

export const AnyStageBar = memo(function AnyStageBar({ id, data, selected }: CardProps<AnyStageFlowNode>) {
  const { t } = useTranslation("canvas");
  return (
    <>
      <div className={`rb-any ${selected ? "rb-selected" : ""}`}>
        <Glyph name="any" />
        <strong>{t("any.title")}</strong>
        <span className="rb-quiet">{t("any.hint")}</span>
      </div>
      {data.points.map((point) => (
        <Dot key={point.id} of={id} point={point} className="rb-slot" />
      ))}
    </>
  );
});

export const NoteNode = memo(function NoteNode({ id, data, selected }: CardProps<NoteFlowNode>) {
  const { t } = useTranslation("canvas");
  const [typed, setTyped] = useState<string | null>(null);
  const readOnly = useCanvas((state) => state.readOnly);
  const keep = () => {
    if (typed !== null && typed !== data.note.text)
      useCanvas.getState().run({ do: "setNote", id, text: typed });
    setTyped(null);
  };
  return (
    <div className={`rb-note ${selected ? "rb-selected" : ""}`}>
      <textarea
        className={selected ? "nodrag" : "rb-note-still"}
        value={typed ?? data.note.text}
        placeholder={t("note.placeholder")}
        aria-label={t("note.title")}
        readOnly={readOnly}
        maxLength={5000}
        tabIndex={selected ? 0 : -1}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => event.stopPropagation()}
      />
    </div>
  );
});
