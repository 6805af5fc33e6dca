import type { DimensionDraft, LevelDraft } from "@/api/tiers";

const COLORS = ["#0b6e4f", "#1f7a8c", "#7a7f87", "#8a7a22", "#a4632b"];

/** The colour that a level at this place gets unless somebody chooses another. */
export const colorAt = (place: number): string => COLORS[place % COLORS.length] ?? "#7a7f87";

const replies = (least: number): Record<string, unknown> => ({
  combinator: "and",
  rules: [{ field: "history.replied.count", operator: ">=", value: least, within: "P30D" }],
});

const level = (
  zh: boolean,
  place: number,
  names: [string, string],
  said: [string, string],
  benefits: [string, string][],
  least: number,
): LevelDraft => ({
  key: ["high", "mid", "low"][place] ?? "",
  name: zh ? names[0] : names[1],
  rule: least ? replies(least) : null,
  words: zh ? said[0] : said[1],
  benefits: benefits.map((one) => (zh ? one[0] : one[1])),
  color: colorAt(place),
});

/** 互动频次 高/中/低: what a new dimension begins with. */
export function example(lang: "zh" | "en"): DimensionDraft {
  const zh = lang === "zh";
  return {
    key: "touch",
    name: zh ? "互动频次" : "How often in touch",
    description: zh ? "最近 30 天主动回复了多少次" : "How often they replied in the last 30 days",
    demote_after_days: 30,
    otherwise: "lowest",
    if_worked: "earned",
    levels: [
      level(
        zh,
        0,
        ["高", "High"],
        ["30 天内回复 8 次以上", "8 replies or more in 30 days"],
        [
          ["专属顾问", "An adviser of their own"],
          ["新品优先体验", "First to try what is new"],
        ],
        8,
      ),
      level(
        zh,
        1,
        ["中", "Middle"],
        ["30 天内回复 3 次以上", "3 replies or more in 30 days"],
        [["每周一次精选内容", "A weekly pick of content"]],
        3,
      ),
      level(
        zh,
        2,
        ["低", "Low"],
        ["其余的人", "Everybody else"],
        [["每月至多触达两次", "Reached twice a month at most"]],
        0,
      ),
    ],
  };
}

/** An empty level for the place above the lowest one. */
export const blank = (place: number): LevelDraft => ({
  name: "",
  rule: null,
  words: "",
  benefits: [],
  color: colorAt(place),
});
