/** A stage's card: it holds its steps, says what it counts from and how many stand in it, and lets arrows go. */
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";
import { OUT } from "./anchors";
import { Dot } from "./Dots";
import { CountMark, NameOn, ProblemPin, useIsLandingOn, useWayClass } from "./marks";
import type { CardProps, StageFlowNode } from "./types";

export const StageNode = memo(function StageNode({ id, data, selected }: CardProps<StageFlowNode>) {
  const { t } = useTranslation("canvas");
  const far = useCanvas((state) => state.far);
  const readOnly = useCanvas((state) => state.readOnly);
  const landing = useIsLandingOn(id);
  const way = useWayClass(id);
  const { stage, points } = data;
  const out = points.find((point) => point.id === OUT)!;
  const slots = points.filter((point) => point.type === "source" && point.id !== OUT);
  const paint = stage.color ? ({ "--stage": stage.color } as React.CSSProperties) : undefined;
  return (
    <>
      <section
        className={`rb-stage ${selected ? "rb-selected" : ""} ${landing ? "rb-landing-on" : ""} ${far ? "rb-far" : ""} ${way}`}
        style={paint}
      >
        <header className="rb-stage-head">
          <NameOn id={id} name={stage.name || stage.id} className="rb-stage-name" />
          {!far && data.anchor && (
            <span className="rb-anchor" title={t("stage.anchorHelp")}>
              {t("stage.from", { anchor: data.anchor })}
            </span>
          )}
          {!far && stage.stay && <span className="rb-anchor">{t("stage.stays")}</span>}
          <CountMark id={id} always />
        </header>
        {data.empty && !far && <EmptyStage id={id} />}
      </section>
      {!far && slots.map((point) => <Dot key={point.id} of={id} point={point} className="rb-slot" />)}
      {!readOnly && <Dot of={id} point={out} className="rb-stage-out" title={t("stage.out")} />}
      <ProblemPin id={id} />
      {selected && !readOnly && !far && <span className="rb-resize" data-resize={id} />}
    </>
  );
});

function EmptyStage({ id }: { id: string }) {
  const { t } = useTranslation("canvas");
  return (
    <div className="rb-stage-empty">
      <Glyph name="plus" size={18} />
      <span>{t("stage.empty")}</span>
      <span className="rb-quiet">{t("stage.emptyHint", { id })}</span>
    </div>
  );
}
