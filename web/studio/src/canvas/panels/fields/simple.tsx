/** Fields that are one input each. */
import { Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import type { Moment } from "../../model/definition";
import { ClockInput } from "./ClockInput";
import { DurationInput } from "./DurationInput";
import { MomentInput } from "./MomentInput";
import { asNumber, asText, orNothing, type WidgetProps } from "./types";

const FULL = { width: "100%" } as const;

export const TextField = ({ id, value, onChange }: WidgetProps) => (
  <Input
    id={id}
    value={asText(value)}
    maxLength={500}
    onChange={(event) => onChange(orNothing(event.target.value))}
  />
);

export const NumberField = ({ id, value, onChange, field }: WidgetProps) => (
  <InputNumber
    id={id}
    value={asNumber(value)}
    min={field.min ?? undefined}
    max={field.max ?? undefined}
    style={{ width: 160 }}
    onChange={(n) => onChange(n ?? undefined)}
  />
);

export const BooleanField = ({ id, value, onChange }: WidgetProps) => (
  <Switch id={id} checked={value === true} onChange={onChange} />
);

/** A select whose empty option means that nothing is set. */
export function SelectField({ id, value, onChange, field, lang }: WidgetProps) {
  const options = (field.options ?? []).map((one) => ({ value: one.value, label: one.title[lang] }));
  const none = options.some((one) => one.value === "") ? "" : undefined;
  const shown = value ?? field.default ?? none;
  return (
    <Select
      id={id}
      value={shown as string | undefined}
      options={options as { value: string; label: string }[]}
      style={FULL}
      allowClear={!field.required && none === undefined && field.default == null}
      onChange={(next?: string) => onChange(next === "" ? undefined : next)}
    />
  );
}

export const DurationField = ({ id, value, onChange, field }: WidgetProps) => (
  <DurationInput id={id} value={asText(value) || undefined} onChange={onChange} signed={field.signed} />
);

export const TimeField = ({ id, value, onChange }: WidgetProps) => (
  <ClockInput id={id} value={asText(value) || undefined} onChange={onChange} />
);

export const MomentField = ({ id, value, onChange, scope, field }: WidgetProps) => (
  <MomentInput
    id={id}
    value={value as Moment | null}
    onChange={onChange}
    scope={scope}
    required={field.required}
  />
);

const NO_WAYS = [] as const;
export const WindowField = ({ id, value, onChange, scope }: WidgetProps) => (
  <MomentInput id={id} value={value as Moment | null} onChange={onChange} scope={scope} ways={NO_WAYS} />
);

/** Text, a number, or yes and no: what is typed decides. */
export function ValueField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const read = (text: string): unknown => {
    if (text === "") return undefined;
    if (/^-?\d+(\.\d+)?$/.test(text) && text.length < 15) return Number(text);
    if (text === "true" || text === "false") return text === "true";
    return text;
  };
  return (
    <Input
      id={id}
      value={value === undefined || value === null ? "" : String(value)}
      placeholder={t("pick.value")}
      onChange={(event) => onChange(read(event.target.value))}
    />
  );
}
