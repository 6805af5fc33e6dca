import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useAllSegments, type Combine } from "@/api/segments";

import { useSegmentOptions } from "./useSegmentOptions";

interface CombineFieldsProps {
  value: Combine;
  onChange: (combine: Combine) => void;
  /** The segment that is being combined, which cannot be part of itself. */
  own?: string;
}

/** Others that one must be in, may be in, or must not be in. */
export function CombineFields({ value, onChange, own }: CombineFieldsProps) {
  const { t } = useTranslation();
  const options = useSegmentOptions(useAllSegments().data).filter((one) => one.value !== own);
  const rows: [keyof Combine, string][] = [
    ["all", t("segments.combineAll")],
    ["any", t("segments.combineAny")],
    ["none", t("segments.combineNone")],
  ];
  return rows.map(([way, label]) => (
    <Form.Item key={way} label={label} htmlFor={`combine-${way}`}>
      <Select
        id={`combine-${way}`}
        mode="multiple"
        value={value[way] ?? []}
        options={options}
        placeholder={t("segments.pick")}
        showSearch={{ optionFilterProp: "label" }}
        onChange={(keys: string[]) => onChange({ ...value, [way]: keys.length > 0 ? keys : undefined })}
      />
    </Form.Item>
  ));
}
