/** An end: its name and its result. */
import { AutoComplete, Input } from "antd";
import { useTranslation } from "react-i18next";

import type { End } from "../model/definition";
import { useCanvas } from "../store";
import { Frame } from "./Frame";

const RESULTS = ["converted", "completed", "lost", "expired"];

export function EndPanel({ end }: { end: End }) {
  const { t } = useTranslation("canvas");
  const { run } = useCanvas.getState();
  return (
    <Frame title={end.name || end.id} sign="end" id={end.id}>
      <div className="rb-field">
        <label htmlFor="end-name">{t("field.name")}</label>
        <Input
          id="end-name"
          value={end.name}
          maxLength={200}
          onChange={(event) =>
            run({ do: "rename", id: end.id, name: event.target.value }, { mergeKey: `name:${end.id}` })
          }
        />
      </div>
      <div className="rb-field">
        <label htmlFor="end-result">{t("end.result")}</label>
        <AutoComplete
          id="end-result"
          value={end.result}
          style={{ width: "100%" }}
          options={RESULTS.map((value) => ({ value, label: `${t(`result.${value}`)}（${value}）` }))}
          onChange={(result: string) =>
            run({ do: "setEnd", id: end.id, set: { result } }, { mergeKey: `result:${end.id}` })
          }
        />
        <p className="rb-help">{t("end.help")}</p>
      </div>
    </Frame>
  );
}
