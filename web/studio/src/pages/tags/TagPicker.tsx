import { Select } from "antd";
import { useTranslation } from "react-i18next";

import { useTags } from "@/api/catalogue";

interface TagPickerProps {
  label: string;
  value: string[];
  onChange: (tags: string[]) => void;
}

const LONGEST = 64;

/** Tags chosen from those the workspace knows, by their titles, or typed. */
export function TagPicker({ label, value, onChange }: TagPickerProps) {
  const { t } = useTranslation();
  const { data } = useTags();
  return (
    <Select
      mode="tags"
      allowClear
      style={{ width: "100%" }}
      aria-label={label}
      placeholder={t("tags.pick")}
      value={value}
      onChange={(tags: string[]) => onChange(tags.map((tag) => tag.trim().slice(0, LONGEST)).filter(Boolean))}
      optionFilterProp="label"
      options={data?.map((one) => ({ value: one.name, label: one.title || one.name }))}
    />
  );
}
