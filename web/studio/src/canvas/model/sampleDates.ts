/** When a moment would be due for a sample contact: the same meaning as the server's, on wall-clock time.
 *  Times are naive (the journey's own clock); public holidays are the server's business, here only weekends rest. */
import type { Moment } from "./definition";
import { isWholeDays, parseDuration } from "./words/duration";

const DAY = 86_400_000;
const LOOK_AHEAD_DAYS = 800;
const MOST_SERIES = 4000;

/** A wall-clock time kept in the UTC fields of a Date. */
export const wall = (y: number, m: number, d: number, h = 0, min = 0): Date =>
  new Date(Date.UTC(y, m - 1, d, h, min));
const midnight = (t: Date) => new Date(Math.floor(t.getTime() / DAY) * DAY);
const lastDay = (y: number, m: number) => new Date(Date.UTC(y, m + 1, 0)).getUTCDate();

/** Adds a duration: calendar parts on the calendar, clock parts as elapsed time. */
export function addDuration(t: Date, text: string): Date {
  const d = parseDuration(text);
  if (!d) return t;
  const sign = d.negative ? -1 : 1;
  const months = sign * (d.years * 12 + d.months);
  let moved = t;
  if (months) {
    const first = new Date(Date.UTC(t.getUTCFullYear(), t.getUTCMonth() + months, 1));
    const day = Math.min(t.getUTCDate(), lastDay(first.getUTCFullYear(), first.getUTCMonth()));
    moved = new Date(first.getTime() + (day - 1) * DAY + (t.getTime() - midnight(t).getTime()));
  }
  const elapsed = (d.weeks * 7 + d.days) * DAY + d.hours * 3_600_000 + d.minutes * 60_000 + d.seconds * 1000;
  return new Date(moved.getTime() + sign * elapsed);
}

function onClock(day: Date, clock: string): Date {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return new Date(midnight(day).getTime() + (hours * 60 + minutes) * 60_000);
}

function dayAllowed(day: Date, moment: Moment): boolean {
  const weekday = day.getUTCDay() || 7;
  if (moment.weekdays?.length && !moment.weekdays.includes(weekday)) return false;
  if (moment.months?.length && !moment.months.includes(day.getUTCMonth() + 1)) return false;
  if (moment.workdays && weekday > 5) return false;
  if (!moment.monthdays?.length) return true;
  const last = lastDay(day.getUTCFullYear(), day.getUTCMonth());
  return moment.monthdays.some(
    (wanted) => (wanted === -1 ? last : Math.min(wanted, last)) === day.getUTCDate(),
  );
}

/** The first allowed time at or after `from` (strictly after, if asked). */
function forward(from: Date, moment: Moment, strictly: boolean): Date | null {
  for (let n = 0; n <= LOOK_AHEAD_DAYS; n += 1) {
    const day = new Date(midnight(from).getTime() + n * DAY);
    if (!dayAllowed(day, moment)) continue;
    const [opens, closes] = moment.at ? [moment.at, null] : (moment.window ?? ["00:00", null]);
    const start = onClock(day, opens);
    const soonest = moment.at ? start : new Date(Math.max(start.getTime(), from.getTime()));
    const late = closes !== null && soonest > onClock(day, closes === "00:00" ? "24:00" : closes);
    const past = strictly ? soonest <= from : soonest < from;
    if (!late && !past) return soonest;
  }
  return null;
}

/** When the moment is due. Null: it never is, or its anchor is not known. */
export function dueAt(moment: Moment, begin: Date, anchor: Date | null): Date | null {
  const offset = moment.for ?? moment.offset;
  if (offset === undefined && moment.anchor === undefined && !moment.every)
    return forward(begin, moment, true);
  const base = moment.for ? begin : anchor;
  if (!base) return null;
  let due = addDuration(base, offset ?? "P0D");
  if (moment.every) {
    for (let n = 0; due <= begin && n < MOST_SERIES; n += 1) due = addDuration(due, moment.every);
  }
  const fixed = moment.at && isWholeDays(offset ?? "P0D") ? midnight(due) : due;
  return forward(fixed, moment, false);
}

/** The next times of a moment that comes again and again; one date for a moment that comes once. */
export function nextDates(moment: Moment, begin: Date, anchor: Date | null, count: number): Date[] {
  const dates: Date[] = [];
  let from = begin;
  while (dates.length < count) {
    const next = dueAt(moment, from, anchor);
    if (!next || (dates.length > 0 && next <= dates.at(-1)!)) break;
    dates.push(next);
    if (!isSeries(moment)) break;
    from = next;
  }
  return dates;
}

export const isSeries = (moment: Moment): boolean =>
  !!moment.every || (moment.for === undefined && moment.offset === undefined && moment.anchor === undefined);
