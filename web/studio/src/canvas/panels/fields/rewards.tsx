/** Pickers of a coupon pool and of a scheme of points. */
import { Select } from "antd";

import { usePools, useSchemes } from "@/api/rewards";

import { asText, type WidgetProps } from "./types";

const FULL = { width: "100%" } as const;

interface Named {
  key: string;
  name: string;
}

function Chooser({ id, value, onChange, of }: WidgetProps & { of: readonly Named[] | undefined }) {
  const chosen = asText(value);
  const options = (of ?? []).map((one) => ({ value: one.key, label: one.name }));
  const there = !chosen || options.some((one) => one.value === chosen);
  return (
    <Select
      id={id}
      style={FULL}
      value={chosen || undefined}
      options={there ? options : [...options, { value: chosen, label: chosen }]}
      onChange={onChange}
    />
  );
}

export function PoolField(props: WidgetProps) {
  const { data } = usePools();
  const of = data?.map((pool) => ({
    key: pool.key,
    name: pool.left === null ? pool.name : `${pool.name} · ${pool.left.toLocaleString()}`,
  }));
  return <Chooser {...props} of={of} />;
}

export function SchemeField(props: WidgetProps) {
  return <Chooser {...props} of={useSchemes().data} />;
}
