/** A step's panel: what it does in words, its form, and where each exit leads. */
import { Input } from "antd";
import { useTranslation } from "react-i18next";

import { exitsFor } from "../flow/sizes";
import { isExitArrow, type Step } from "../model/definition";
import { exitsOf, type Exit } from "../model/exits";
import { freshId } from "../model/ids";
import { kindOf } from "../model/kinds";
import { findStage } from "../model/lookup";
import { typeset } from "../model/words/names";
import { sayStep } from "../model/words/step";
import { definitionNow, selectDefinition, useCanvas } from "../store";
import type { Values } from "./fields/types";
import { Frame } from "./Frame";
import { Fields } from "./SchemaForm";
import { TargetSelect } from "./TargetSelect";

export function StepPanel({ step }: { step: Step }) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const anchor = useCanvas((state) => findStage(state.history.present, step.stage)?.anchor);
  const kind = kindOf(catalogue, step.kind);
  const { run } = useCanvas.getState();
  const setConfig = (config: Values) => {
    const exits = exitsOf({ ...step, config }, kind, names.lang).map((exit) => exit.id);
    run({ do: "setConfig", id: step.id, config, exits }, { mergeKey: `config:${step.id}` });
  };
  const said = typeset(sayStep(step, kind, names, anchor));
  const group = kind?.group ?? "flow";
  return (
    <Frame
      title={step.name || kind?.title[names.lang] || step.kind}
      sign={kind?.icon ?? ""}
      group={group}
      id={step.id}
    >
      {said && <p className="rb-said">{said}</p>}
      <div className="rb-field">
        <label htmlFor="step-name">{t("field.name")}</label>
        <Input
          id="step-name"
          value={step.name ?? ""}
          placeholder={kind?.title[names.lang]}
          maxLength={200}
          onChange={(event) =>
            run({ do: "rename", id: step.id, name: event.target.value }, { mergeKey: `name:${step.id}` })
          }
        />
      </div>
      {kind ? (
        <Fields
          form={kind.form}
          values={step.config}
          onChange={setConfig}
          scope={{ anchor, begins: "step" }}
          lang={names.lang}
          prefix={`step-${step.id}`}
        />
      ) : (
        <p className="rb-wrong">{t("step.unknown", { kind: step.kind })}</p>
      )}
      <h3 className="rb-section">{t("step.exits")}</h3>
      {exitsFor(step, catalogue, names.lang).map((exit) => (
        <ExitRow key={exit.id} step={step} exit={exit} />
      ))}
    </Frame>
  );
}

/** Where an exit leads: the arrow on the canvas and this list are the same thing. */
function ExitRow({ step, exit }: { step: Step; exit: Exit }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const arrow = useCanvas((state) =>
    selectDefinition(state).arrows.find(
      (one) => isExitArrow(one) && one.from === step.id && one.exit === exit.id,
    ),
  );
  const { run } = useCanvas.getState();
  const lead = (to: string | undefined) => {
    if (!to) return arrow && run({ do: "remove", ids: [arrow.id] });
    if (arrow) return run({ do: "reconnect", id: arrow.id, to });
    run({ do: "connectExit", id: freshId(definitionNow(), "a"), from: step.id, exit: exit.id, to });
  };
  return (
    <div className="rb-field">
      <label htmlFor={`exit-${exit.id}`}>
        {names.event(exit.title)} {exit.side && <span className="rb-quiet">{t("step.side")}</span>}
      </label>
      <TargetSelect
        id={`exit-${exit.id}`}
        value={arrow?.to}
        onChange={lead}
        except={step.id}
        none={t(exit.side ? "step.likeFirst" : "step.openExit")}
      />
    </div>
  );
}
