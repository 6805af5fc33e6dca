/** What counts as success. Goals count; they move nobody. */
import { Input } from "antd";
import { useTranslation } from "react-i18next";

import type { Goal } from "../model/definition";
import { freshId } from "../model/ids";
import { definitionNow, selectDefinition, useCanvas } from "../store";
import { DurationInput } from "./fields/DurationInput";
import { Mini } from "./fields/ListField";
import { EventsSelect } from "./fields/names";
import { RuleInput } from "./fields/RuleField";
import { Frame } from "./Frame";

export function GoalsPanel() {
  const { t } = useTranslation("canvas");
  const goals = useCanvas((state) => selectDefinition(state).goals);
  const add = () => {
    const id = freshId(definitionNow(), "g");
    useCanvas.getState().run({ do: "addGoal", goal: { id, name: t("goal.new"), event: [], within: "P30D" } });
  };
  return (
    <Frame title={t("head.goals")} sign="target">
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("goal.help")}
      </p>
      {goals.map((goal) => (
        <OneGoal key={goal.id} goal={goal} />
      ))}
      <button type="button" className="rb-line-item" onClick={add}>
        ＋ {t("goal.add")}
      </button>
    </Frame>
  );
}

function OneGoal({ goal }: { goal: Goal }) {
  const { t } = useTranslation("canvas");
  const { run, remove } = useCanvas.getState();
  const set = (part: Partial<Omit<Goal, "id">>, merge: string) =>
    run({ do: "setGoal", id: goal.id, set: part }, { mergeKey: `goal:${goal.id}:${merge}` });
  return (
    <section className="rb-item" aria-label={goal.name}>
      <div className="rb-item-head">
        <span>{goal.name}</span>
        <Mini sign="bin" word={t("remove")} onPress={() => remove([goal.id])} />
      </div>
      <div className="rb-field">
        <label htmlFor={`${goal.id}-name`}>{t("field.name")}</label>
        <Input
          id={`${goal.id}-name`}
          value={goal.name}
          maxLength={200}
          onChange={(event) => set({ name: event.target.value }, "name")}
        />
      </div>
      <div className="rb-field">
        <label htmlFor={`${goal.id}-event`}>{t("goal.event")}</label>
        <EventsSelect
          id={`${goal.id}-event`}
          value={[goal.event].flat().filter(Boolean)}
          onChange={(event) => set({ event }, "event")}
        />
      </div>
      <div className="rb-field">
        <label htmlFor={`${goal.id}-within`}>{t("goal.within")}</label>
        <DurationInput
          id={`${goal.id}-within`}
          value={goal.within ?? undefined}
          onChange={(within) => set({ within }, "within")}
          units={["hours", "days", "weeks", "months"]}
        />
      </div>
      <div className="rb-field">
        <span className="rb-label">{t("goal.where")}</span>
        <RuleInput value={goal.where} onChange={(rule) => set({ where: rule ?? undefined }, "where")} />
      </div>
    </section>
  );
}
