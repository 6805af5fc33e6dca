/** Pickers of segments, each with how many people are in it. */
import { Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useAllSegments } from "@/api/segments";

import { asText, orNothing, type WidgetProps } from "./types";

interface Option {
  value: string;
  label: string;
}

function useOptions(chosen: readonly string[]): Option[] {
  const { t } = useTranslation("canvas");
  const { data } = useAllSegments();
  return useMemo(() => {
    const known = (data ?? []).map((one) => ({
      value: one.key,
      label: t("pick.segmentSize", { name: one.name, count: one.count.toLocaleString("en-US") }),
    }));
    const missing = chosen.filter((key) => key && !known.some((one) => one.value === key));
    return [...known, ...missing.map((key) => ({ value: key, label: key }))];
  }, [data, chosen, t]);
}

const FULL = { width: "100%" } as const;
const SEARCH = { optionFilterProp: "label" } as const;

/** One segment or several, for the value of a condition. */
export function SegmentsSelect(props: {
  value: string[];
  many: boolean;
  label: string;
  onChange(value: string[]): void;
}) {
  const { t } = useTranslation("canvas");
  const options = useOptions(props.value);
  return (
    <Select
      mode={props.many ? "multiple" : undefined}
      value={(props.many ? props.value : (props.value[0] ?? undefined)) as never}
      options={options}
      placeholder={t("pick.segment")}
      notFoundContent={t("pick.noSegment")}
      style={FULL}
      showSearch={SEARCH}
      aria-label={props.label}
      onChange={(next: string | string[]) => props.onChange(typeof next === "string" ? [next] : next)}
    />
  );
}

/** The segment of an entry. */
export function SegmentField({ id, value, onChange, field }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const chosen = asText(value);
  const options = useOptions(useMemo(() => [chosen], [chosen]));
  return (
    <Select
      id={id}
      value={chosen || undefined}
      options={options}
      placeholder={t("pick.segment")}
      notFoundContent={t("pick.noSegment")}
      style={FULL}
      allowClear={!field.required}
      showSearch={SEARCH}
      onChange={(next: string | undefined) => onChange(orNothing(next ?? ""))}
    />
  );
}
