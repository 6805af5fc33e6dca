/** What things are called here: titles that the workspace gives to events, attributes, materials and journeys. */
import type { Lang } from "../kinds";

export interface Names {
  lang: Lang;
  event(name: string): string;
  attribute(name: string): string;
  content(key: string): string;
  carrier(name: string): string;
  journey(key: string): string;
  goal(id: string): string;
  /** A rule in words; longer ones are cut by the card. */
  field(name: string): string;
  operator(name: string): string;
}

const CARRIERS: Record<string, { zh: string; en: string }> = {
  wecom_direct: { zh: "企微单聊", en: "WeCom 1:1" },
  wecom_group: { zh: "企微群", en: "WeCom group" },
  moments: { zh: "朋友圈", en: "Moments" },
  official_account: { zh: "公众号", en: "Official account" },
  sms: { zh: "短信", en: "SMS" },
  email: { zh: "邮件", en: "E-mail" },
  sandbox: { zh: "沙箱", en: "Sandbox" },
};

/** Names that say each thing by its own name, with the built-in titles of carriers. */
export function plainNames(lang: Lang, known: Partial<Names> = {}): Names {
  const same = (name: string) => name;
  return {
    event: same,
    attribute: same,
    content: same,
    carrier: (name) => CARRIERS[name]?.[lang] ?? name,
    journey: same,
    goal: same,
    field: same,
    operator: same,
    ...known,
    lang,
  };
}

/** Chinese typography: a space between Chinese characters and Latin letters or digits. */
export const typeset = (text: string): string =>
  text
    .replace(/([\u4e00-\u9fff])([A-Za-z0-9])/g, "$1 $2")
    .replace(/([A-Za-z0-9%])([\u4e00-\u9fff])/g, "$1 $2");

export const joined = (list: readonly string[], lang: Lang): string => list.join(lang === "zh" ? "、" : ", ");
