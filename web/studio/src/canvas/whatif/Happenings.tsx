/** The things that would happen: what, after how long, with which values. */
import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useEventTypes } from "@/api/catalogue";

import { Glyph } from "../look/Glyph";
import { DurationInput } from "../panels/fields/DurationInput";
import { eventsHeard } from "../play/trips";
import { selectDefinition, useCanvas } from "../store";

export interface Draft {
  key: number;
  name: string;
  after: string;
  /** As typed: `amount=199`. */
  properties: string;
}

const UNITS = ["minutes", "hours", "days", "weeks"] as const;

interface Props {
  value: Draft[];
  onChange(value: Draft[]): void;
}

export function Happenings({ value, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const options = useOptions();
  const change = (key: number, part: Partial<Draft>) =>
    onChange(value.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = () => {
    const key = Math.max(0, ...value.map((one) => one.key)) + 1;
    onChange([
      ...value,
      { key, name: options[0]?.value ?? "", after: value.length ? "P3D" : "PT0M", properties: "" },
    ]);
  };
  return (
    <fieldset className="rb-plain rb-whatif-events">
      <legend>{t("whatIf.events")}</legend>
      {value.map((one) => (
        <div key={one.key} className="rb-whatif-event">
          <span className="rb-whatif-when">
            <DurationInput
              value={one.after}
              units={UNITS}
              label={t("whatIf.after")}
              onChange={(after) => change(one.key, { after: after ?? "PT0M" })}
            />
            <span className="rb-quiet">{t("whatIf.later")}</span>
            <button
              type="button"
              className="rb-mini"
              aria-label={t("remove")}
              title={t("remove")}
              onClick={() => onChange(value.filter((other) => other.key !== one.key))}
            >
              <Glyph name="bin" size={15} />
            </button>
          </span>
          <Select
            showSearch
            value={one.name || undefined}
            options={options}
            aria-label={t("whatIf.what")}
            placeholder={t("pick.event")}
            style={{ width: "100%" }}
            onChange={(name) => change(one.key, { name })}
          />
          <Input
            value={one.properties}
            placeholder={t("whatIf.properties")}
            aria-label={t("whatIf.properties")}
            onChange={(event) => change(one.key, { properties: event.target.value })}
          />
        </div>
      ))}
      <button type="button" className="rb-line-item" onClick={add}>
        ＋ {t("whatIf.add")}
      </button>
    </fieldset>
  );
}

/** Events that this drawing waits for first, then all others that the workspace has met. */
function useOptions(): { value: string; label: string }[] {
  const definition = useCanvas(selectDefinition);
  const names = useCanvas((state) => state.names);
  const known = useEventTypes().data ?? [];
  const entering = definition.entries.flatMap((entry) =>
    entry.on.type === "event" ? [entry.on.name].flat().map(String) : [],
  );
  const all = [...new Set([...entering, ...eventsHeard(definition), ...known.map((one) => one.name)])];
  return all.map((name) => ({ value: name, label: names.event(name) }));
}
