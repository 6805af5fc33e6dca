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
  segment(key: string): string;
  tier(dimension: string): string;
  level(dimension: string, key: string): string;
  scene(key: string): string;
  /** A rule in words; longer ones are cut by the card. */
  field(name: string): string;
  operator(name: string): string;
}

const CARRIERS: Record<string, { zh: string; en: string }> = {
  wecom_direct: { zh: "企微单聊", en: "WeCom 1:1" },
  wecom_group: { zh: "企微群", en: "WeCom group" },
  moments: { zh: "朋友圈", en: "Moments" },
  official_account: { zh: "公众号", en: "Official account" },
  mini_program: { zh: "小程序订阅", en: "Mini program" },
  sms: { zh: "短信", en: "SMS" },
  email: { zh: "邮件", en: "E-mail" },
  sandbox: { zh: "沙箱", en: "Sandbox" },
};

/** Events that nearly every brand has; a title that the workspace gives comes first. */
const EVENTS: Record<string, { zh: string; en: string }> = {
  friend_added: { zh: "添加好友", en: "friend added" },
  friend_deleted: { zh: "删除好友", en: "friend deleted" },
  registered: { zh: "注册", en: "registered" },
  order_paid: { zh: "支付订单", en: "order paid" },
  order_refunded: { zh: "退款", en: "order refunded" },
  product_viewed: { zh: "浏览商品", en: "product viewed" },
  activity_joined: { zh: "参加活动", en: "activity joined" },
  replied: { zh: "回复消息", en: "replied" },
  group_joined: { zh: "加入社群", en: "group joined" },
  group_left: { zh: "退出社群", en: "group left" },
  store_visited: { zh: "到店", en: "store visited" },
  test_driven: { zh: "试驾", en: "test drive" },
  deposit_paid: { zh: "支付定金", en: "deposit paid" },
  deposit_refunded: { zh: "退定金", en: "deposit refunded" },
  unsubscribed: { zh: "退订", en: "unsubscribed" },
  lead_created: { zh: "留资", en: "lead created" },
  form_submitted: { zh: "提交表单", en: "form submitted" },
  delivered: { zh: "交付", en: "delivered" },
  service_done: { zh: "完成保养", en: "service done" },
  journey_ended: { zh: "旅程结束", en: "journey ended" },
};

/** Names that say each thing by its own name, with the built-in titles of carriers. */
export function plainNames(lang: Lang, known: Partial<Names> = {}): Names {
  const same = (name: string) => name;
  return {
    event: (name) => EVENTS[name]?.[lang] ?? name,
    attribute: same,
    content: same,
    carrier: (name) => CARRIERS[name]?.[lang] ?? name,
    journey: same,
    goal: same,
    segment: same,
    tier: same,
    level: (_, key) => key,
    scene: same,
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
