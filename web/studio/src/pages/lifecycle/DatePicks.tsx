import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { LifeDraft } from "@/api/matching";
import { useAttributes, type Attribute } from "@/api/profile";
import { useWords } from "@/parts/language";

import css from "./Lifecycle.module.css";

type Dates = NonNullable<LifeDraft["dates"]>;
const WHICH = ["due", "birth"] as const;
const OF_TIME = new Set(["date", "time"]);

/** Which attributes hold the due date and the birth date; only dates can be chosen, and each once. */
export function DatePicks({ dates, onChange }: { dates: Dates; onChange: (dates: Dates) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { data, isPending } = useAttributes();
  const known = (data ?? []).filter((one) => OF_TIME.has(one.type));
  const label = (one: Attribute) => {
    const title = words(one.title);
    return title && title !== one.name ? `${title}（${one.name}）` : one.name;
  };
  return (
    <>
      <p className={css.quiet}>{t("lifeEditor.dates")}</p>
      <p>
        <Link to="/attributes">{t("lifeEditor.newDate")}</Link>
      </p>
      <div className={css.two}>
        {WHICH.map((which) => {
          const other = dates[which === "due" ? "birth" : "due"];
          const options = known.map((one) => ({
            value: one.name,
            label: label(one),
            disabled: one.name === other,
          }));
          const lost = dates[which] && !isPending && !options.some((one) => one.value === dates[which]);
          return (
            <Form.Item
              key={which}
              label={t(`lifeEditor.${which}`)}
              htmlFor={`life-${which}`}
              {...(lost ? { validateStatus: "warning" as const, help: t("lifeEditor.noSuchDate") } : {})}
            >
              <Select
                id={`life-${which}`}
                value={dates[which] || undefined}
                loading={isPending}
                placeholder={t("lifeEditor.pickDate")}
                showSearch={{ optionFilterProp: "label" }}
                options={options}
                onChange={(name: string) => onChange({ ...dates, [which]: name })}
              />
            </Form.Item>
          );
        })}
      </div>
    </>
  );
}
