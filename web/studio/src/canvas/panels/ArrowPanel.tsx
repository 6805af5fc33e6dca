/** An arrow's panel. A stage's arrow: from where, why, under which condition, where to. A step's: only where to. */
import { Checkbox, Select } from "antd";
import { useTranslation } from "react-i18next";

import {
  ANY_STAGE,
  isExitArrow,
  sources,
  type Arrow,
  type ExitArrow,
  type Id,
  type StageArrow,
} from "../model/definition";
import { wholeValues } from "../model/kinds";
import { find, findStage } from "../model/lookup";
import { sayArrow, sayWhere } from "../model/words/arrow";
import { typeset } from "../model/words/names";
import { selectDefinition, useCanvas } from "../store";
import { RuleInput } from "./fields/RuleField";
import type { Values } from "./fields/types";
import { Frame } from "./Frame";
import { Fields } from "./SchemaForm";
import { nameOf } from "./StagePanel";
import { TargetSelect } from "./TargetSelect";

export function ArrowPanel({ arrow }: { arrow: Arrow }) {
  return isExitArrow(arrow) ? <ExitArrowPanel arrow={arrow} /> : <StageArrowPanel arrow={arrow} />;
}

function ExitArrowPanel({ arrow }: { arrow: ExitArrow }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const { run, select } = useCanvas.getState();
  return (
    <Frame
      title={`${nameOf(definition, arrow.from)} → ${nameOf(definition, arrow.to)}`}
      sign="branch"
      id={arrow.id}
    >
      <div className="rb-field">
        <label htmlFor="arrow-to">{t("arrow.to")}</label>
        <TargetSelect
          id="arrow-to"
          value={arrow.to}
          except={arrow.from}
          clear={false}
          onChange={(to) => to && run({ do: "reconnect", id: arrow.id, to })}
        />
      </div>
      <button type="button" className="rb-line-item" onClick={() => select([arrow.from], true)}>
        {t("arrow.openStep", { name: nameOf(definition, arrow.from) })}
      </button>
    </Frame>
  );
}

function StageArrowPanel({ arrow }: { arrow: StageArrow }) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const definition = useCanvas(selectDefinition);
  const { run } = useCanvas.getState();
  const set = (part: Partial<Omit<StageArrow, "id">>, merge: string) =>
    run({ do: "setArrow", id: arrow.id, set: part }, { mergeKey: `arrow:${arrow.id}:${merge}` });
  const from = arrow.from === ANY_STAGE ? [ANY_STAGE] : sources(arrow);
  const anchor = from.length === 1 ? findStage(definition, from[0])?.anchor : undefined;
  const form = catalogue.arrows.find((one) => one.type === arrow.on.type)?.form ?? [];
  const where = sayWhere(arrow.where, names);
  const toStage = find(definition, arrow.to)?.is === "stage";
  const stages = definition.stages.map((stage) => ({ value: stage.id, label: stage.name || stage.id }));
  const setFrom = (next: Id[]) => {
    const latest = next.at(-1);
    if (latest === ANY_STAGE) return set({ from: ANY_STAGE }, "from");
    const ids = next.filter((id) => id !== ANY_STAGE);
    if (ids.length > 0) set({ from: ids.length === 1 ? ids[0]! : ids, not_from: undefined }, "from");
  };
  const on: Values = arrow.on;
  return (
    <Frame title={typeset(sayArrow(arrow, names, anchor))} sign="bolt" id={arrow.id}>
      <p className="rb-said">
        {typeset(
          t("arrow.said", {
            why: sayArrow(arrow, names, anchor),
            where: where ? t("arrow.saidWhere", { where }) : "",
            to: nameOf(definition, arrow.to),
          }),
        )}
      </p>
      <div className="rb-field">
        <label htmlFor="arrow-from">{t("arrow.from")}</label>
        <Select
          id="arrow-from"
          mode="multiple"
          value={from}
          options={[{ value: ANY_STAGE, label: t("any.title") }, ...stages]}
          style={{ width: "100%" }}
          onChange={setFrom}
        />
      </div>
      {arrow.from === ANY_STAGE && (
        <div className="rb-field">
          <label htmlFor="arrow-not">{t("arrow.notFrom")}</label>
          <Select
            id="arrow-not"
            mode="multiple"
            value={arrow.not_from ?? []}
            options={stages}
            style={{ width: "100%" }}
            onChange={(next: Id[]) => set({ not_from: next.length > 0 ? next : undefined }, "not")}
          />
        </div>
      )}
      <div className="rb-field">
        <label htmlFor="arrow-type">{t("arrow.why")}</label>
        <Select
          id="arrow-type"
          value={arrow.on.type}
          style={{ width: "100%" }}
          options={catalogue.arrows.map((one) => ({ value: one.type, label: one.title[names.lang] }))}
          onChange={(type: string) =>
            set(
              { on: { type, ...wholeValues(catalogue.arrows.find((one) => one.type === type)?.form ?? []) } },
              "type",
            )
          }
        />
      </div>
      <Fields
        form={form}
        values={on}
        onChange={(next) => set({ on: { ...next, type: arrow.on.type } }, "on")}
        scope={{ anchor, begins: "stage" }}
        lang={names.lang}
        prefix={`arrow-${arrow.id}`}
      />
      <div className="rb-field">
        <span className="rb-label">{t("arrow.where")}</span>
        <RuleInput value={arrow.where} onChange={(rule) => set({ where: rule ?? undefined }, "where")} />
      </div>
      <div className="rb-field">
        <label htmlFor="arrow-to">{t("arrow.to")}</label>
        <TargetSelect
          id="arrow-to"
          value={arrow.to}
          clear={false}
          onChange={(to) => to && run({ do: "reconnect", id: arrow.id, to })}
        />
      </div>
      {toStage && (
        <Checkbox
          checked={arrow.enter === "last"}
          onChange={(event) => set({ enter: event.target.checked ? "last" : undefined }, "enter")}
        >
          {t("arrow.enterLast")}
        </Checkbox>
      )}
    </Frame>
  );
}
