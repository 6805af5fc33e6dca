/** A rule said in words, short enough for a card or a chip. */
import type { Rule, RuleLeaf } from "../definition";
import type { Lang, Words } from "../kinds";
import { sayDuration } from "./duration";
import { joined, typeset, type Names } from "./names";

export const isGroup = (part: Rule | RuleLeaf): part is Rule => Array.isArray((part as Rule).rules);

const OPERATORS: Record<string, Words> = {
  "=": { zh: "是", en: "is" },
  "!=": { zh: "不是", en: "is not" },
  "<": { zh: "小于", en: "<" },
  "<=": { zh: "不大于", en: "≤" },
  ">": { zh: "大于", en: ">" },
  ">=": { zh: "不小于", en: "≥" },
  contains: { zh: "包含", en: "contains" },
  beginsWith: { zh: "开头是", en: "begins with" },
  endsWith: { zh: "结尾是", en: "ends with" },
  doesNotContain: { zh: "不包含", en: "does not contain" },
  doesNotBeginWith: { zh: "开头不是", en: "does not begin with" },
  doesNotEndWith: { zh: "结尾不是", en: "does not end with" },
  null: { zh: "为空", en: "is empty" },
  notNull: { zh: "不为空", en: "is not empty" },
  in: { zh: "属于", en: "is one of" },
  notIn: { zh: "不属于", en: "is none of" },
  between: { zh: "介于", en: "is between" },
  notBetween: { zh: "不介于", en: "is not between" },
  has: { zh: "有", en: "has" },
  hasNot: { zh: "没有", en: "has not" },
  hasAny: { zh: "有任一", en: "has any of" },
  hasNone: { zh: "全都没有", en: "has none of" },
};

const UNARY = new Set(["null", "notNull"]);

export const sayOperator = (operator: string, lang: Lang): string => OPERATORS[operator]?.[lang] ?? operator;
export const takesNoValue = (operator: string): boolean => UNARY.has(operator);

const FIELDS: Record<string, Words> = {
  tags: { zh: "标签", en: "tags" },
  segments: { zh: "人群", en: "segments" },
  stage: { zh: "所在阶段", en: "stage" },
  "now.weekday": { zh: "星期几", en: "weekday" },
  "now.monthday": { zh: "几号", en: "day of month" },
  "now.is_month_end": { zh: "月末", en: "month end" },
  "now.is_workday": { zh: "工作日", en: "working day" },
  "now.time": { zh: "当前时间", en: "time" },
  "now.date": { zh: "今天", en: "date" },
};

export function sayField(field: string, names: Names): string {
  const { lang } = names;
  const zh = lang === "zh";
  const known = FIELDS[field];
  if (known) return known[lang];
  const given = names.field(field);
  if (given !== field) return given;
  const [space, first = "", ...rest] = field.split(".");
  if (space === "attribute") return names.attribute([first, ...rest].join("."));
  if (space === "since")
    return zh ? `距${names.attribute(first)}已过天数` : `days since ${names.attribute(first)}`;
  if (space === "until")
    return zh ? `距${names.attribute(first)}还有天数` : `days until ${names.attribute(first)}`;
  if (space === "history") {
    const [what = "", property] = rest;
    const event = names.event(first);
    if (what === "without") {
      const other = names.event(property ?? "");
      return zh ? `${event}后没有${other}的次数` : `number of ${event} without ${other}`;
    }
    if (what === "count") return zh ? `${event}次数` : `number of ${event}`;
    if (what === "sum") return zh ? `${event}的 ${property ?? ""} 合计` : `sum of ${event} ${property ?? ""}`;
    if (what === "first") return zh ? `首次${event}` : `first ${event}`;
    return zh
      ? `最近${event}${property ? ` 的 ${property}` : ""}`
      : `last ${event}${property ? ` ${property}` : ""}`;
  }
  if (space === "tier") return zh ? typeset(`${names.tier(first)}等级`) : `tier ${names.tier(first)}`;
  if (space === "scene")
    return zh
      ? `场景「${names.scene(first)}」${field.endsWith(".moment") ? "的时机" : "匹配的商品"}`
      : `${field.endsWith(".moment") ? "moment" : "product"} by the scene ${names.scene(first)}`;
  if (space === "journey") return zh ? `旅程「${names.journey(first)}」` : `journey ${names.journey(first)}`;
  if (space === "entry") return zh ? `加入时的 ${first}` : `entry ${first}`;
  return first || field;
}

function sayValue(value: unknown, lang: Lang): string {
  if (Array.isArray(value))
    return joined(
      value.map((one) => sayValue(one, lang)),
      lang,
    );
  if (value === true) return lang === "zh" ? "是" : "yes";
  if (value === false) return lang === "zh" ? "否" : "no";
  return value === null || value === undefined ? "" : String(value);
}

/** What a value is called here: a segment, or a level of a dimension. */
function called(field: string, value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((one) => called(field, one, names));
  if (typeof value !== "string") return value;
  if (field === "segments") return names.segment(value);
  return field.startsWith("tier.") ? names.level(field.slice("tier.".length), value) : value;
}

function sayLeaf(leaf: RuleLeaf, names: Names): string {
  const { lang } = names;
  const within = leaf.within ? (lang === "zh" ? `近 ${sayDuration(leaf.within, lang)} ` : "") : "";
  const after = leaf.within && lang === "en" ? ` within ${sayDuration(leaf.within, lang)}` : "";
  const waited = leaf.after
    ? lang === "zh"
      ? `（等满 ${sayDuration(leaf.after, lang)}）`
      : ` (after ${sayDuration(leaf.after, lang)})`
    : "";
  const operator = sayOperator(leaf.operator, lang);
  const value = takesNoValue(leaf.operator)
    ? ""
    : ` ${sayValue(called(leaf.field, leaf.value, names), lang)}`;
  const gap = waited.endsWith("）") ? "" : " ";
  return `${within}${sayField(leaf.field, names)}${waited}${gap}${operator}${value}${after}`;
}

export const isEmptyRule = (rule: Rule | null | undefined): boolean =>
  !rule || !rule.rules || rule.rules.length === 0;

/** Empty for a rule that always holds. */
export function sayRule(rule: Rule | null | undefined, names: Names, inside = false): string {
  if (!rule || isEmptyRule(rule)) return "";
  const zh = names.lang === "zh";
  const parts = rule.rules
    .map((part) => (isGroup(part) ? sayRule(part, names, true) : sayLeaf(part, names)))
    .filter(Boolean);
  const glue = rule.combinator === "or" ? (zh ? " 或 " : " or ") : zh ? " 且 " : " and ";
  const said = parts.join(glue);
  const wrapped = (inside || rule.not) && parts.length > 1 ? (zh ? `（${said}）` : `(${said})`) : said;
  return rule.not ? (zh ? `非${wrapped}` : `not ${wrapped}`) : wrapped;
}
