/** ISO 8601 durations: read, written and said in words. */
import type { Lang } from "../kinds";

export interface Duration {
  negative: boolean;
  years: number;
  months: number;
  weeks: number;
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

const SHAPE = /^(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Null if the text is no duration. */
export function parseDuration(text: unknown): Duration | null {
  if (typeof text !== "string" || text.endsWith("P") || text.endsWith("T")) return null;
  const parts = SHAPE.exec(text);
  if (!parts) return null;
  const [years, months, weeks, days, hours, minutes, seconds] = parts
    .slice(2)
    .map((part) => Number(part ?? 0));
  return {
    negative: parts[1] === "-",
    years: years!,
    months: months!,
    weeks: weeks!,
    days: days!,
    hours: hours!,
    minutes: minutes!,
    seconds: seconds!,
  };
}

export const UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"] as const;
export type Unit = (typeof UNITS)[number];

const LETTERS: Record<Unit, string> = {
  years: "Y",
  months: "M",
  weeks: "W",
  days: "D",
  hours: "H",
  minutes: "M",
  seconds: "S",
};
const isClock = (unit: Unit) => unit === "hours" || unit === "minutes" || unit === "seconds";

/** One number and one unit, as the picker gives it: `7`, `days` is `P7D`. */
export function durationOf(amount: number, unit: Unit, negative = false): string {
  const whole = Math.max(0, Math.round(amount));
  return `${negative && whole > 0 ? "-" : ""}P${isClock(unit) ? "T" : ""}${whole}${LETTERS[unit]}`;
}

/** The single number and unit of a duration; one with several units is given in its smallest. */
export function amountOf(duration: Duration): { amount: number; unit: Unit } {
  const used = UNITS.filter((unit) => duration[unit] > 0);
  if (used.length === 0) return { amount: 0, unit: "days" };
  if (used.length === 1) return { amount: duration[used[0]!], unit: used[0]! };
  const smallest = used.at(-1)!;
  const size = {
    years: 31536000,
    months: 2592000,
    weeks: 604800,
    days: 86400,
    hours: 3600,
    minutes: 60,
    seconds: 1,
  };
  const seconds = used.reduce((sum, unit) => sum + duration[unit] * size[unit], 0);
  return { amount: Math.round(seconds / size[smallest]), unit: smallest };
}

const ZH: Record<Unit, string> = {
  years: "年",
  months: "个月",
  weeks: "周",
  days: "天",
  hours: "小时",
  minutes: "分钟",
  seconds: "秒",
};
const EN: Record<Unit, string> = {
  years: "year",
  months: "month",
  weeks: "week",
  days: "day",
  hours: "hour",
  minutes: "minute",
  seconds: "second",
};

/** "7 天", "1 hour 30 minutes"; without its sign. */
export function sayDuration(text: unknown, lang: Lang): string {
  const duration = parseDuration(text);
  if (!duration) return typeof text === "string" ? text : "";
  const used = UNITS.filter((unit) => duration[unit] > 0);
  if (used.length === 0) return lang === "zh" ? "0 天" : "0 days";
  return used
    .map((unit) => {
      const n = duration[unit];
      return lang === "zh" ? `${n} ${ZH[unit]}` : `${n} ${EN[unit]}${n === 1 ? "" : "s"}`;
    })
    .join(" ");
}

/** Whole days if the duration counts only days and weeks, else null. */
export function wholeDays(text: unknown): number | null {
  const duration = parseDuration(text);
  if (!duration) return null;
  if (duration.years + duration.months + duration.hours + duration.minutes + duration.seconds > 0)
    return null;
  const days = duration.days + duration.weeks * 7;
  return duration.negative ? -days : days;
}

/** Years, months, weeks and days count calendar days; then a clock time can be set on that day. */
export function isWholeDays(text: unknown): boolean {
  const duration = parseDuration(text);
  return !!duration && duration.hours + duration.minutes + duration.seconds === 0;
}
