/** Pickers of a dimension of tiers, and of a level of the dimension chosen beside it. */
import { Select } from "antd";

import { useDimensions } from "@/api/tiers";

import { asText, type WidgetProps } from "./types";

const FULL = { width: "100%" } as const;

interface Option {
  value: string;
  label: string;
}

/** What is chosen but not there any more stays to be seen. */
const withChosen = (list: Option[], chosen: string): Option[] =>
  !chosen || list.some((one) => one.value === chosen) ? list : [...list, { value: chosen, label: chosen }];

/** Dimensions whose levels people make. */
export function DimensionField({ id, value, onChange }: WidgetProps) {
  const { data } = useDimensions();
  const own = (data ?? []).filter((one) => one.kind === "rules");
  const options = own.map((one) => ({ value: one.key, label: one.name }));
  const chosen = asText(value);
  return (
    <Select
      id={id}
      style={FULL}
      value={chosen || undefined}
      options={withChosen(options, chosen)}
      onChange={onChange}
    />
  );
}

/** The levels of the dimension in the same form. */
export function LevelField({ id, value, onChange, values }: WidgetProps) {
  const { data } = useDimensions();
  const levels = data?.find((one) => one.key === values.dimension)?.levels ?? [];
  const options = levels.map((one) => ({ value: one.key, label: one.name }));
  const chosen = asText(value);
  return (
    <Select
      id={id}
      style={FULL}
      value={chosen || undefined}
      options={withChosen(options, chosen)}
      onChange={onChange}
    />
  );
}
