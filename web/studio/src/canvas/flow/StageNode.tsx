/** A stage's card: it holds its steps, says what it counts from and how many stand in it, and lets arrows go. */
import { NodeResizeControl, ResizeControlVariant, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import { STAGE_MIN } from "../model/geometry";
import { useCanvas } from "../store";
import { OUT } from "./anchors";
import { Dot, Landings } from "./Dots";
import { CountMark, NameOn, ProblemPin, useIsLandingOn, useWayClass } from "./marks";
import type { StageFlowNode } from "./types";

export const StageNode = memo(function StageNode({ id, data, selected }: NodeProps<StageFlowNode>) {
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
      <Landings points={points} />
      {slots.map((point) => (
        <Dot key={point.id} point={point} className="rb-slot" />
      ))}
      <Dot
        point={out}
        className="rb-stage-out"
        title={t("stage.out")}
        onPress={({ clientX, clientY }) =>
          useCanvas
            .getState()
            .send({ type: "pick", start: { from: "stage", stage: id }, screen: { x: clientX, y: clientY } })
        }
      />
      <ProblemPin id={id} />
      {selected && !readOnly && !far && (
        <NodeResizeControl
          variant={ResizeControlVariant.Handle}
          position="bottom-right"
          className="rb-resize"
          minWidth={STAGE_MIN.w}
          minHeight={STAGE_MIN.h}
          onResize={(_event, to) =>
            useCanvas
              .getState()
              .send({ type: "resize", stage: id, place: { x: to.x, y: to.y, w: to.width, h: to.height } })
          }
          onResizeEnd={() => useCanvas.getState().send({ type: "drop" })}
        />
      )}
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
