/** A moment tried on sample contacts: the next three times of a series, or one date each for three beginnings. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Anchor, Moment } from "../../model/definition";
import { addDuration, dueAt, isSeries, nextDates, wall } from "../../model/sampleDates";
import type { Scope } from "./types";

/** This week's Monday, Thursday evening and Saturday noon: three beginnings that behave differently. */
function beginnings(): Date[] {
  const now = new Date();
  const today = wall(now.getFullYear(), now.getMonth() + 1, now.getDate());
  const monday = addDuration(today, `-P${(today.getUTCDay() + 6) % 7}D`);
  const next = addDuration(monday, "P7D");
  return [
    addDuration(next, "PT10H"),
    addDuration(addDuration(next, "P3D"), "PT21H30M"),
    addDuration(addDuration(next, "P5D"), "PT12H"),
  ];
}

const countsFromBegin = (anchor: Anchor | undefined) =>
  anchor === undefined || anchor === "entered_stage" || anchor === "entered_journey";

export function SampleDates({ moment, scope }: { moment: Moment; scope: Scope }) {
  const { t, i18n } = useTranslation("canvas");
  const format = useMemo(
    () =>
      new Intl.DateTimeFormat(i18n.language === "en" ? "en-GB" : "zh-CN", {
        timeZone: "UTC",
        month: "numeric",
        day: "numeric",
        weekday: "short",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
    [i18n.language],
  );
  const begins = useMemo(beginnings, []);
  const anchor = moment.anchor ?? scope.anchor;
  const calendar = typeof anchor === "object" && "calendar" in anchor;
  if (calendar) return null;
  if (isSeries(moment)) {
    const dates = nextDates(moment, begins[0]!, begins[0]!, 3);
    return (
      <ol>
        <li>
          <span>{t("sample.series", { begin: format.format(begins[0]!) })}</span>
        </li>
        {dates.map((date, n) => (
          <li key={n}>
            <span>{n + 1}</span>
            <span>{format.format(date)}</span>
          </li>
        ))}
        {dates.length === 0 && <li>{t("sample.never")}</li>}
      </ol>
    );
  }
  const word =
    moment.for !== undefined ? "sample.comes" : countsFromBegin(anchor) ? "sample.enters" : "sample.anchor";
  return (
    <ol>
      {begins.map((begin, n) => {
        const due = dueAt(moment, begin, begin);
        return (
          <li key={n}>
            <span>{t(word, { begin: format.format(begin) })}</span>
            <span>→ {due ? format.format(due) : t("sample.never")}</span>
          </li>
        );
      })}
      {moment.workdays && <li>{t("sample.holidays")}</li>}
    </ol>
  );
}
