/** Small marks that many cards wear: problems, numbers, a name that can be edited. Each listens only to its own node. */
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Id } from "../model/definition";
import { useNodeFigure } from "../numbers/useFigure";
import { useMarkClass } from "../publish/marks";
import { useCanvas } from "../store";

/** A pin with the gravest problem's sign; pressing it opens the list at this node. */
export const ProblemPin = memo(function ProblemPin({ id }: { id: Id }) {
  const problems = useCanvas((state) => state.problems.byNode.get(id));
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  if (!problems || problems.length === 0) return null;
  const gravest =
    problems.find((one) => one.severity === "error") ?? problems.find((one) => one.severity === "warning");
  if (!gravest) return null;
  const said = problems.map((problem) => problem.message[lang]).join("\n");
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`rb-pin rb-pin-${gravest.severity} nodrag`}
      title={said}
      aria-label={`${t(`severity.${gravest.severity}`)}: ${said}`}
      onClick={(event) => {
        event.stopPropagation();
        useCanvas.getState().select([id]);
        useCanvas.getState().setSide("problems");
      }}
    >
      {gravest.severity === "error" ? "!" : "▲"}
    </button>
  );
});

/** What the layer of numbers says of this node: live, or at this moment of the simulation. */
export const CountMark = memo(function CountMark({ id, always = false }: { id: Id; always?: boolean }) {
  const said = useNodeFigure(id, always);
  const playing = useCanvas((state) => state.playing);
  const layer = useCanvas((state) => (state.playing ? "here" : state.layer));
  if (!said) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`rb-count rb-count-${layer} nodrag ${said.none ? "rb-count-none" : ""}`}
      disabled={playing}
      title={said.title || undefined}
      onClick={(event) => {
        event.stopPropagation();
        useCanvas.getState().showPeople(id);
      }}
    >
      {said.text}
    </button>
  );
});

/** A name on a card; a double click lets it be typed. */
export function NameOn({ id, name, className }: { id: Id; name: string; className: string }) {
  const renaming = useCanvas((state) => state.tool.name === "renaming" && state.tool.id === id);
  if (renaming) return <NameInput id={id} name={name} className={className} />;
  return (
    <span
      className={className}
      title={name}
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (!useCanvas.getState().readOnly) useCanvas.getState().send({ type: "rename", id });
      }}
    >
      {name}
    </span>
  );
}

function NameInput({ id, name, className }: { id: Id; name: string; className: string }) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  const { t } = useTranslation("canvas");
  useEffect(() => {
    input.current?.select();
  }, []);
  const leave = (keep: boolean) => {
    const { tool, run, send } = useCanvas.getState();
    if (tool.name !== "renaming") return;
    send({ type: "cancel" });
    if (keep && text.trim() !== name) run({ do: "rename", id, name: text.trim() });
  };
  return (
    <input
      ref={input}
      className={`${className} rb-name-input nodrag`}
      value={text}
      aria-label={t("field.name")}
      autoFocus
      maxLength={200}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => leave(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") leave(true);
        if (event.key === "Escape") leave(false);
      }}
    />
  );
}

/** Whether a card lights up because what is carried or drawn would land on it. */
export const useIsLandingOn = (id: Id): boolean =>
  useCanvas((state) => {
    const { tool } = state;
    switch (tool.name) {
      case "moving":
      case "drawing":
      case "rehanging":
        return tool.over === id;
      case "placing":
        if (tool.soil?.on === "stage") return tool.soil.stage === id;
        return tool.soil?.on === "end" && tool.soil.end === id;
      default:
        return false;
    }
  });

/** Cards on a shown way stand out and all others step back; those that differ between two drawings are marked. */
export const useWayClass = (id: Id): string => {
  const mark = useMarkClass(id);
  const way = useCanvas((state) => {
    if (!state.way) return "";
    if (state.way.at === id) return "rb-way-at";
    return state.way.steps.includes(id) ? "rb-way-on" : "rb-way-off";
  });
  return mark ? `${way} ${mark}` : way;
};
