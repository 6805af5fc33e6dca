/** A moment said in words: "加入后第 7 天 20:00", "on day 7 after entering the stage at 20:00". */
import type { Anchor, Moment } from "../definition";
import type { Lang } from "../kinds";
import { isWholeDays, parseDuration, sayDuration, wholeDays } from "./duration";
import { joined, type Names } from "./names";

const DAYS_ZH = ["一", "二", "三", "四", "五", "六", "日"];
const DAYS_EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export function sayAnchor(anchor: Anchor | undefined, names: Names): string {
  const zh = names.lang === "zh";
  if (anchor === undefined || anchor === "entered_stage") return zh ? "进入阶段" : "entering the stage";
  if (anchor === "entered_journey") return zh ? "加入旅程" : "joining";
  if (typeof anchor === "string") return names.event(anchor);
  if ("attribute" in anchor) return names.attribute(anchor.attribute);
  if ("variable" in anchor) return anchor.variable;
  if ("scene" in anchor)
    return zh ? `场景 ${anchor.scene} 的时机` : `the moment by the scene ${anchor.scene}`;
  if ("calendar" in anchor)
    return zh ? `每月 ${anchor.calendar.monthday} 日` : `day ${anchor.calendar.monthday} of the month`;
  const events = [anchor.event].flat();
  const last = events.map((name) => (name === "activity" ? (zh ? "活跃" : "activity") : names.event(name)));
  return zh ? `最近一次${last.join("/")}` : `the last ${last.join(" / ")}`;
}

function sayDays(moment: Moment, lang: Lang): string {
  const parts: string[] = [];
  if (moment.months?.length) {
    parts.push(lang === "zh" ? `${moment.months.join("、")} 月` : `in months ${moment.months.join(", ")}`);
  }
  if (moment.weekdays?.length) {
    const days = [...moment.weekdays].sort((a, b) => a - b);
    parts.push(
      lang === "zh"
        ? `周${days.map((d) => DAYS_ZH[d - 1]).join("、")}`
        : `on ${days.map((d) => DAYS_EN[d - 1]).join(", ")}`,
    );
  }
  if (moment.monthdays?.length) {
    const days = moment.monthdays.map((d) =>
      d === -1 ? (lang === "zh" ? "月末" : "last") : lang === "zh" ? `${d} 日` : `${d}`,
    );
    parts.push(lang === "zh" ? `每月 ${joined(days, lang)}` : `on day ${joined(days, lang)} of the month`);
  }
  if (moment.workdays) parts.push(lang === "zh" ? "遇节假日顺延" : "on working days");
  return parts.join(lang === "zh" ? "，" : ", ");
}

function sayOffset(offset: string, anchor: string, lang: Lang): string {
  const days = wholeDays(offset);
  const before = parseDuration(offset)?.negative ?? false;
  if (lang === "zh") {
    if (days === 0) return `${anchor}当天`;
    if (before) return `${anchor}前 ${sayDuration(offset, lang)}`;
    return days !== null ? `${anchor}后第 ${days} 天` : `${anchor}后 ${sayDuration(offset, lang)}`;
  }
  if (days === 0) return `on the day of ${anchor}`;
  if (before) return `${sayDuration(offset, lang)} before ${anchor}`;
  return days !== null ? `day ${days} after ${anchor}` : `${sayDuration(offset, lang)} after ${anchor}`;
}

/** What a moment says when it is due; `stageAnchor` is what its stage counts from if it names nothing itself. */
export function sayMoment(moment: Moment | null | undefined, names: Names, stageAnchor?: Anchor): string {
  const { lang } = names;
  const zh = lang === "zh";
  if (!moment || Object.keys(moment).length === 0) return zh ? "不限时间" : "any time";
  const parts: string[] = [];
  if (moment.for) {
    parts.push(zh ? `${sayDuration(moment.for, lang)}后` : `after ${sayDuration(moment.for, lang)}`);
  } else if (moment.offset !== undefined || moment.anchor !== undefined) {
    parts.push(sayOffset(moment.offset ?? "P0D", sayAnchor(moment.anchor ?? stageAnchor, names), lang));
  }
  if (moment.every)
    parts.push(zh ? `每 ${sayDuration(moment.every, lang)}` : `every ${sayDuration(moment.every, lang)}`);
  const days = sayDays(moment, lang);
  if (days) parts.push(days);
  const clock = sayClock(moment, lang);
  const first = parts[0];
  if (!first) return zh ? `下一个 ${clock}` : `the next ${clock}`;
  if (!clock) return parts.join(zh ? "，" : ", ");
  const glue = isClockOnDay(moment) && !zh ? " at " : " ";
  return [first + glue + clock, ...parts.slice(1)].join(zh ? "，" : ", ");
}

function sayClock(moment: Moment, lang: Lang): string {
  if (moment.at) return moment.at;
  if (moment.window)
    return lang === "zh"
      ? `${moment.window[0]} 至 ${moment.window[1]}`
      : `${moment.window[0]}–${moment.window[1]}`;
  return "";
}

/** Whether the clock time falls on the very day that the offset names. */
export const isClockOnDay = (moment: Moment): boolean =>
  !!moment.at && isWholeDays(moment.for ?? moment.offset ?? "P0D");
