/** Parts of a comparison that only some fields have: levels and states to pick from, and what did not follow. */
import { Select, Space } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useEventTypes } from "@/api/catalogue";
import { useScenes, type Scene } from "@/api/matching";
import { useDimensions } from "@/api/tiers";

import { useCanvas } from "../../store";
import { DurationInput } from "./DurationInput";
import { patternOf } from "./ruleFields";
import { asTexts } from "./types";

interface KnownProps {
  type: string;
  how: string;
  field: string;
  value: unknown;
  onChange(value: unknown): void;
}

/** One or several of a few values that are known beforehand. */
export function KnownInput({ type, how, field, value, onChange }: KnownProps) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  const dimensions = useDimensions().data;
  const scenes = useScenes().data;
  const levels = dimensions?.find((one) => `tier.${one.key}` === field)?.levels ?? [];
  const options =
    type === "level"
      ? levels.map((one) => ({ value: one.key, label: one.name }))
      : type === "choice"
        ? choicesOf(scenes, field)
        : (patternOf(catalogue, field)?.options ?? []).map((one) => ({
            value: one.value,
            label: one.title[lang],
          }));
  const chosen = asTexts(value);
  if (how === "many")
    return (
      <Select
        mode="multiple"
        value={chosen}
        options={options}
        style={{ minWidth: 160 }}
        onChange={onChange}
        aria-label={t("rule.value")}
      />
    );
  return (
    <Select
      value={chosen.at(-1)}
      options={options}
      style={{ minWidth: 120 }}
      onChange={onChange}
      aria-label={t("rule.value")}
    />
  );
}

/** The products of a table of scenes, or its moments, by the names that they have there. */
function choicesOf(scenes: Scene[] | undefined, field: string) {
  const [, key, what] = field.split(".");
  const scene = scenes?.find((one) => one.key === key);
  const named = what === "moment" ? scene?.moments : scene?.rows.map((row) => row.product);
  const titles = new Map((named ?? []).map((one) => [one.key, one.name]));
  return [...titles].map(([value, label]) => ({ value, label }));
}

interface WithoutProps {
  field: string;
  after: string | undefined;
  onField(field: string): void;
  onAfter(after: string | undefined): void;
}

/** Which event did not follow, and for how long it was waited for. */
export function Without({ field, after, onField, onAfter }: WithoutProps) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const events = useEventTypes().data ?? [];
  const [history, event, without, other = ""] = field.split(".");
  const missing = after === undefined;
  useEffect(() => {
    if (missing) onAfter("P1D");
    // Once, when the comparison has just been made.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [missing]);
  return (
    <Space className="rb-rule-within" wrap>
      <span className="rb-quiet">{t("rule.without")}</span>
      <Select
        value={other}
        showSearch
        options={events.map((one) => ({ value: one.name, label: names.event(one.name) }))}
        style={{ minWidth: 130 }}
        onChange={(next: string) => onField([history, event, without, next].join("."))}
        aria-label={t("rule.without")}
      />
      <span className="rb-quiet">{t("rule.after")}</span>
      <DurationInput
        value={after}
        onChange={onAfter}
        units={["hours", "days", "weeks"]}
        label={t("rule.after")}
      />
    </Space>
  );
}
