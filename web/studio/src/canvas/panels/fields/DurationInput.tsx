/** A duration as people say it: a number and a unit. */
import { InputNumber, Select, Space } from "antd";
import { useTranslation } from "react-i18next";

import { amountOf, durationOf, parseDuration, type Unit } from "../../model/words/duration";

interface Props {
  id?: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  /** Whether it may also lie before. */
  signed?: boolean;
  units?: readonly Unit[];
  label?: string;
}

const COMMON: readonly Unit[] = ["minutes", "hours", "days", "weeks", "months"];

export function DurationInput({ id, value, onChange, signed, units = COMMON, label }: Props) {
  const { t } = useTranslation("canvas");
  const read = parseDuration(value);
  const { amount, unit } = read
    ? amountOf(read)
    : { amount: null, unit: units.includes("days") ? ("days" as const) : units[0]! };
  const negative = read?.negative ?? false;
  const shown = units.includes(unit) ? units : [...units, unit];
  return (
    <Space.Compact>
      <InputNumber
        id={id}
        min={0}
        max={9999}
        precision={0}
        value={amount}
        style={{ width: 84 }}
        aria-label={label}
        onChange={(n) => onChange(n === null ? undefined : durationOf(n, unit, negative))}
      />
      <Select
        value={unit}
        style={{ width: 88 }}
        aria-label={t("unit.label")}
        options={shown.map((one) => ({ value: one, label: t(`unit.${one}`) }))}
        onChange={(next) => onChange(durationOf(amount ?? 1, next, negative))}
      />
      {signed && (
        <Select
          value={negative}
          style={{ width: 76 }}
          aria-label={t("unit.direction")}
          options={[
            { value: false, label: t("unit.after") },
            { value: true, label: t("unit.before") },
          ]}
          onChange={(next) => onChange(durationOf(amount ?? 0, unit, next))}
        />
      )}
    </Space.Compact>
  );
}
