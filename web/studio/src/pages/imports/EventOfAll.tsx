import { AutoComplete } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { useEventTypes } from "@/api/catalogue";

import css from "./Imports.module.css";

interface EventOfAllProps {
  /** The column that says which event a row is, if one does. */
  column: string | undefined;
  event: string;
  onChange: (event: string) => void;
}

/** Which event all rows are, where no column says it. */
export function EventOfAll({ column, event, onChange }: EventOfAllProps) {
  const { t } = useTranslation();
  const id = useId();
  const { data } = useEventTypes();
  return (
    <div className={css.kindList}>
      <label htmlFor={id}>{t("imports.eventOfAll")}</label>
      <AutoComplete
        id={id}
        value={column ? "" : event}
        disabled={column !== undefined}
        placeholder={column ? t("imports.eventByColumn", { column }) : "order_paid"}
        options={data?.map(({ name, title }) => ({
          value: name,
          label: title ? `${title} (${name})` : name,
        }))}
        showSearch={{
          filterOption: (typed, option) => String(option?.label).toLowerCase().includes(typed.toLowerCase()),
        }}
        onChange={(typed: string) => onChange(typed.trim())}
      />
      {!column && <span className={css.quiet}>{t("imports.eventOfAllHelp")}</span>}
    </div>
  );
}
