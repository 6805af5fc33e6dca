/** On which days and between which hours a moment may fall. */
import { Checkbox, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Moment } from "../../model/definition";
import { ClockInput } from "./ClockInput";

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const MONTHDAYS = [...Array.from({ length: 31 }, (_, n) => n + 1), -1];
const MONTHS = Array.from({ length: 12 }, (_, n) => n + 1);

export function MomentLimits({
  moment,
  set,
  open = false,
}: {
  moment: Moment;
  set(part: Partial<Moment>): void;
  open?: boolean;
}) {
  const { t } = useTranslation("canvas");
  const used = [moment.weekdays, moment.monthdays, moment.months, moment.window, moment.workdays].some(
    Boolean,
  );
  const [shown, setShown] = useState(open || used);
  if (!shown) {
    return (
      <button
        type="button"
        className="rb-mini"
        style={{ width: "auto", padding: "0 6px", marginTop: 6 }}
        onClick={() => setShown(true)}
      >
        ＋ {t("moment.limits")}
      </button>
    );
  }
  const toggle = (day: number) => {
    const days = moment.weekdays ?? [];
    set({
      weekdays: days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort((a, b) => a - b),
    });
  };
  return (
    <Space orientation="vertical" size={8} style={{ width: "100%", marginTop: 10 }}>
      <div className="rb-row" role="group" aria-label={t("moment.weekdays")}>
        {WEEK.map((day) => (
          <button
            key={day}
            type="button"
            className={`rb-day ${moment.weekdays?.includes(day) ? "rb-on" : ""}`}
            aria-pressed={!!moment.weekdays?.includes(day)}
            onClick={() => toggle(day)}
          >
            {t(`weekday.${day}`)}
          </button>
        ))}
      </div>
      <Space wrap>
        <Select
          mode="multiple"
          value={moment.monthdays ?? []}
          placeholder={t("moment.monthdays")}
          style={{ minWidth: 150 }}
          aria-label={t("moment.monthdays")}
          options={MONTHDAYS.map((day) => ({
            value: day,
            label: day === -1 ? t("moment.lastDay") : t("moment.dayOf", { day }),
          }))}
          onChange={(monthdays: number[]) => set({ monthdays })}
        />
        <Select
          mode="multiple"
          value={moment.months ?? []}
          placeholder={t("moment.months")}
          style={{ minWidth: 120 }}
          aria-label={t("moment.months")}
          options={MONTHS.map((month) => ({ value: month, label: t("moment.monthOf", { month }) }))}
          onChange={(months: number[]) => set({ months })}
        />
      </Space>
      <Checkbox checked={!!moment.workdays} onChange={(event) => set({ workdays: event.target.checked })}>
        {t("moment.workdays")}
      </Checkbox>
      {!moment.at && (
        <Space>
          <span>{t("moment.window")}</span>
          <ClockInput
            value={moment.window?.[0]}
            onChange={(from) => set({ window: from ? [from, moment.window?.[1] ?? "21:00"] : undefined })}
            label={t("moment.from")}
          />
          <span>–</span>
          <ClockInput
            value={moment.window?.[1]}
            onChange={(to) => set({ window: to ? [moment.window?.[0] ?? "09:00", to] : undefined })}
            label={t("moment.to")}
          />
        </Space>
      )}
    </Space>
  );
}
