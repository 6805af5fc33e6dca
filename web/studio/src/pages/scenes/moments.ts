import type { SceneDraft, SceneMoment } from "@/api/matching";

/** Hues of moments, told apart in light and dark; a moment may have its own. */
const COLORS = ["#d99a2b", "#3c8f84", "#6a4bb0", "#b65a7c", "#4f7fb8", "#7b8f3c"];

export const momentColor = (moment: SceneMoment | undefined, place: number): string =>
  moment?.color || (COLORS[place % COLORS.length] ?? "#4f7fb8");

const DAY = 24 * 60;
const minutes = (clock: string): number => {
  const [hours = 0, rest = 0] = clock.split(":").map(Number);
  return hours * 60 + rest;
};

/** The stretches of a day in which a moment is open, as shares of it; one over midnight has two. */
export function bands(moment: Pick<SceneMoment, "from" | "to">): { left: number; width: number }[] {
  if (!moment.from || !moment.to) return [{ left: 0, width: 1 }];
  const [from, to] = [minutes(moment.from) / DAY, minutes(moment.to) / DAY];
  if (to > from) return [{ left: from, width: to - from }];
  return [
    { left: from, width: 1 - from },
    { left: 0, width: to },
  ].filter((one) => one.width > 0);
}

/** A key that no other moment has. */
export function freshKey(moments: SceneMoment[]): string {
  let number = moments.length + 1;
  while (moments.some((one) => one.key === `moment_${number}`)) number++;
  return `moment_${number}`;
}

const moment = (
  key: string,
  name: string,
  from: string,
  to: string,
  weekdays: number[] = [],
): SceneMoment => ({
  key,
  name,
  from,
  to,
  weekdays,
  workdays: false,
  color: "",
});

/** The three moments of everybody's day, and a few rows that say what a row is. */
export function example(lang: "zh" | "en", name: string): SceneDraft {
  const zh = lang === "zh";
  const work = [1, 2, 3, 4, 5];
  const row = (tags: string[], key: string, title: string, price: number, moments: string[]) => ({
    key: "",
    tags,
    who: null,
    product: { key, name: title, url: "", price, material: "" },
    moments,
    priority: 0,
    until: null,
  });
  return {
    name,
    description: "",
    moments: [
      moment("commute", zh ? "通勤" : "On the way", "07:30", "09:00", work),
      moment("noon", zh ? "午休" : "Noon break", "12:00", "13:30", work),
      moment("evening", zh ? "晚间在家" : "Evening at home", "19:30", "22:00"),
    ],
    rows: [
      row([zh ? "敏感肌" : "sensitive skin"], "mask01", zh ? "舒缓面膜" : "Soothing mask", 99, ["evening"]),
      row(["VIP"], "serum01", zh ? "修护精华" : "Repair serum", 399, ["noon", "evening"]),
      row([], "sun01", zh ? "便携防晒" : "Pocket sunscreen", 69, ["commute", "noon"]),
      row([], "clean01", zh ? "氨基酸洁面" : "Gentle cleanser", 79, []),
    ],
  };
}
