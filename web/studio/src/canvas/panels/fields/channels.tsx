/** The channel code of an entry. */
import { Select } from "antd";
import { useTranslation } from "react-i18next";

import { useCodes } from "@/api/codes";

import { asText, orNothing, type WidgetProps } from "./types";

const FULL = { width: "100%" } as const;
const SEARCH = { optionFilterProp: "label" } as const;

export function ChannelField({ id, value, onChange, field }: WidgetProps) {
  const { t } = useTranslation();
  const chosen = asText(value);
  const { data } = useCodes();
  const known = (data ?? []).map((one) => ({ value: one.key, label: one.name }));
  const missing =
    chosen && !known.some((one) => one.value === chosen) ? [{ value: chosen, label: chosen }] : [];
  return (
    <Select
      id={id}
      value={chosen || undefined}
      options={[...known, ...missing]}
      placeholder={t("codes.pick")}
      notFoundContent={t("codes.noCode")}
      style={FULL}
      allowClear={!field.required}
      showSearch={SEARCH}
      onChange={(next: string | undefined) => onChange(orNothing(next ?? ""))}
    />
  );
}
