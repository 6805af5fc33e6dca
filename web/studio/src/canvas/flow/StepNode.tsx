/** A step's card: sign, name, one line that says what it will do, its exits as labelled dots. */
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import type { Exit } from "../model/exits";
import { useCanvas } from "../store";
import type { AnchorPoint } from "./anchors";
import { Dot } from "./Dots";
import { CountMark, NameOn, ProblemPin, useIsLandingOn, useWayClass } from "./marks";
import type { CardProps, StepFlowNode } from "./types";

export const StepNode = memo(function StepNode({ id, data, selected }: CardProps<StepFlowNode>) {
  const far = useCanvas((state) => state.far);
  const landing = useIsLandingOn(id);
  const way = useWayClass(id);
  const dragging = useCanvas((state) => state.tool.name === "moving" && id in state.tool.moved);
  const group = `rb-group-${data.group || "flow"}`;
  const state = `${selected ? "rb-selected" : ""} ${landing ? "rb-landing-on" : ""} ${dragging ? "rb-dragging" : ""} ${way}`;
  if (far) return <FarStep id={id} data={data} className={`rb-step rb-far ${group} ${state}`} />;
  return (
    <>
      <div className={`rb-step ${group} ${state}`}>
        <Body id={id} data={data} />
      </div>
      <Exits id={id} data={data} />
      <ProblemPin id={id} />
    </>
  );
});

function FarStep({ id, data, className }: { id: string; data: StepFlowNode["data"]; className: string }) {
  return (
    <>
      <div className={className}>
        <Glyph name={data.icon} group={data.group} size={30} />
        <span className="rb-far-title">{data.title}</span>
        <CountMark id={id} />
      </div>
      <ProblemPin id={id} />
    </>
  );
}

const Body = memo(function Body({ id, data }: { id: string; data: StepFlowNode["data"] }) {
  const { t } = useTranslation("canvas");
  const main = data.exits.filter((exit) => !exit.side);
  return (
    <>
      {data.initial && <span className="rb-initial" title={t("card.initial")} aria-hidden="true" />}
      <div className="rb-step-head">
        <span className="rb-sign">
          <Glyph name={data.icon} group={data.group} />
        </span>
        <NameOn id={id} name={data.title} className="rb-step-name" />
        <CountMark id={id} />
      </div>
      <p className={`rb-step-line ${data.sentence ? "" : "rb-unset"}`} title={data.sentence}>
        {data.sentence || t("card.unset")}
      </p>
      {main.length > 1 && (
        <div className="rb-exits" aria-hidden="true">
          {main.map((exit) => (
            <span key={exit.id} className="rb-exit-label" title={exit.title}>
              {exit.title}
            </span>
          ))}
        </div>
      )}
    </>
  );
});

function Exits({ id, data }: { id: string; data: StepFlowNode["data"] }) {
  const main = data.exits.filter((exit) => !exit.side);
  const side = data.exits.filter((exit) => exit.side);
  const at = (exit: Exit) => data.points.find((point) => point.id === exit.id && point.type === "source")!;
  return (
    <>
      {[...main, ...side].map((exit) => (
        <ExitDot
          key={exit.id}
          step={id}
          exit={exit}
          point={at(exit)}
          connected={data.connected.has(exit.id)}
          group={data.group || "flow"}
        />
      ))}
    </>
  );
}

const ExitDot = memo(function ExitDot(props: {
  step: string;
  exit: Exit;
  point: AnchorPoint;
  connected: boolean;
  group: string;
}) {
  const { step, exit, point, connected } = props;
  const { t } = useTranslation("canvas");
  const wanted = useCanvas(({ tool }) => {
    if (tool.name !== "placing") return false;
    const { soil } = tool;
    if (soil?.on === "stage") return soil.near?.step === step && soil.near.exit === exit.id;
    return soil?.on === "exit" && soil.step === step && soil.exit === exit.id;
  });
  const group = props.group;
  const look = `rb-exit rb-group-${group} ${exit.side ? "rb-exit-side" : ""} ${connected ? "rb-exit-taken" : "rb-exit-free"} ${wanted ? "rb-exit-wanted" : ""}`;
  return (
    <Dot
      of={step}
      point={point}
      className={look}
      title={t(connected ? "card.exitTaken" : "card.exitFree", { exit: exit.title })}
    />
  );
});
