/** Who gets in, and where. */
import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Entry } from "../model/definition";
import { wholeValues } from "../model/kinds";
import { sayEntry } from "../model/words/arrow";
import { typeset } from "../model/words/names";
import { useCanvas } from "../store";
import { RuleInput } from "./fields/RuleField";
import { Frame } from "./Frame";
import { Fields } from "./SchemaForm";
import { TargetSelect } from "./TargetSelect";

export function EntryPanel({ entry }: { entry: Entry }) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const { run } = useCanvas.getState();
  const set = (part: Partial<Omit<Entry, "id">>, merge: string) =>
    run({ do: "setEntry", id: entry.id, set: part }, { mergeKey: `entry:${entry.id}:${merge}` });
  const form = catalogue.entries.find((one) => one.type === entry.on.type)?.form ?? [];
  return (
    <Frame title={entry.name || typeset(sayEntry(entry, names))} sign="flag" id={entry.id}>
      <div className="rb-field">
        <label htmlFor="entry-name">{t("field.name")}</label>
        <Input
          id="entry-name"
          value={entry.name ?? ""}
          placeholder={typeset(sayEntry(entry, names))}
          maxLength={200}
          onChange={(event) => set({ name: event.target.value || undefined }, "name")}
        />
      </div>
      <div className="rb-field">
        <label htmlFor="entry-type">{t("entry.when")}</label>
        <Select
          id="entry-type"
          value={entry.on.type}
          style={{ width: "100%" }}
          options={catalogue.entries.map((one) => ({ value: one.type, label: one.title[names.lang] }))}
          onChange={(type: string) =>
            set(
              {
                on: { type, ...wholeValues(catalogue.entries.find((one) => one.type === type)?.form ?? []) },
              },
              "type",
            )
          }
        />
      </div>
      <Fields
        form={form}
        values={entry.on}
        onChange={(next) => set({ on: { ...next, type: entry.on.type } }, "on")}
        scope={{ begins: "entry" }}
        lang={names.lang}
        prefix={`entry-${entry.id}`}
      />
      <div className="rb-field">
        <span className="rb-label">{t("entry.where")}</span>
        <RuleInput value={entry.where} onChange={(rule) => set({ where: rule ?? undefined }, "where")} />
      </div>
      <div className="rb-field">
        <label htmlFor="entry-to">{t("entry.to")}</label>
        <TargetSelect
          id="entry-to"
          value={entry.to}
          ends={false}
          clear={false}
          onChange={(to) => to && set({ to }, "to")}
        />
      </div>
    </Frame>
  );
}
