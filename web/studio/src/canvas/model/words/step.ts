/** One line that says what a step will do: what stands on its card. */
import type { Anchor, Config, Moment, Rule, Step } from "../definition";
import { isShown, type Kind } from "../kinds";
import { sayDuration } from "./duration";
import { sayMoment } from "./moment";
import { joined, type Names } from "./names";
import { sayRule } from "./rule";

type Sayer = (config: Config, names: Names, stageAnchor: Anchor | undefined) => string;
type Item = Record<string, unknown>;

const items = (value: unknown): Item[] => (Array.isArray(value) ? (value as Item[]) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

const sayWaitEvent: Sayer = (config, names, anchor) => {
  const zh = names.lang === "zh";
  const events = items(config.events)
    .map((item) => names.event(text(item.event)))
    .filter(Boolean);
  if (events.length === 0) return "";
  const said = zh ? `等待 ${events.join(" 或 ")}` : `waits for ${events.join(" or ")}`;
  const longest = config.longest as Moment | null | undefined;
  if (!longest) return said;
  const until = sayMoment(longest, names, anchor);
  return zh ? `${said}，最久到${until}` : `${said}, at the longest ${until}`;
};

const sayBranch: Sayer = (config, names) => {
  const rules = items(config.rules);
  const said = rules.map((item) => sayRule(item.rule as Rule | null, names)).filter(Boolean);
  if (said.length === 0) return "";
  const zh = names.lang === "zh";
  return said.length === 1 ? `${said[0]}${zh ? "？" : "?"}` : said.join(zh ? " / " : " / ");
};

const saySend: Sayer = (config, names, anchor) => {
  const zh = names.lang === "zh";
  const content = text(config.content) && names.content(text(config.content));
  const carrier = text(config.carrier) && names.carrier(text(config.carrier));
  const window = config.window ? sayMoment(config.window as Moment, names, anchor) : "";
  const what = [carrier, content && (zh ? `「${content}」` : `“${content}”`)].filter(Boolean).join(" ");
  return [what, window].filter(Boolean).join(zh ? "，" : ", ");
};

const sayUpdate: Sayer = (config, names) => {
  const zh = names.lang === "zh";
  const said = items(config.set).map((item) => {
    const name = item.target === "attribute" ? names.attribute(text(item.name)) : text(item.name);
    if (item.add !== undefined && item.add !== null)
      return `${name} ${Number(item.add) < 0 ? "−" : "+"} ${Math.abs(Number(item.add))}`;
    if (item.from) return `${name} ← ${text(item.from)}`;
    return `${name} = ${String(item.value ?? "")}`;
  });
  return joined(said, zh ? "zh" : "en");
};

const sayTag: Sayer = (config, names) => {
  const zh = names.lang === "zh";
  const add = texts(config.add);
  const remove = texts(config.remove);
  return [
    add.length > 0 && (zh ? `打上 ${joined(add, "zh")}` : `adds ${joined(add, "en")}`),
    remove.length > 0 && (zh ? `取下 ${joined(remove, "zh")}` : `removes ${joined(remove, "en")}`),
  ]
    .filter(Boolean)
    .join(zh ? "，" : ", ");
};

const SAYERS: Record<string, Sayer> = {
  wait: (config, names, anchor) => (config.until ? sayMoment(config.until as Moment, names, anchor) : ""),
  wait_event: sayWaitEvent,
  branch: sayBranch,
  split: (config) =>
    items(config.variants)
      .map((one) => `${text(one.name) || text(one.exit)} ${String(one.percent ?? 0)}%`)
      .join(" / "),
  send: saySend,
  update: sayUpdate,
  tag: sayTag,
  tier: (config, names) => {
    const level = text(config.level);
    if (!level) return "";
    const time = text(config.for) && sayDuration(text(config.for), names.lang);
    return names.lang === "zh"
      ? `设为 ${text(config.dimension)} · ${level}，为期${time}`
      : `${text(config.dimension)} · ${level} for ${time}`;
  },
  coupon: (config) => text(config.pool),
  points: (config) => {
    const sign = { add: "+", spend: "−", set: "=" }[text(config.act) || "add"] ?? "+";
    return text(config.scheme) ? `${text(config.scheme)} ${sign}${String(config.amount ?? "")}` : "";
  },
  goal: (config, names) => (text(config.goal) ? names.goal(text(config.goal)) : ""),
  enroll: (config, names) => {
    const journey = text(config.journey);
    if (!journey) return "";
    return names.lang === "zh" ? `进入「${names.journey(journey)}」` : `starts “${names.journey(journey)}”`;
  },
};

/** For kinds that nobody wrote a sentence for: the first required value that is filled in. */
function sayByForm(step: Step, kind: Kind, names: Names): string {
  const shown = kind.form.filter((field) => isShown(field, step.config));
  for (const field of [...shown.filter((one) => one.required), ...shown]) {
    const value = step.config[field.name];
    if (field.type === "moment" && value) return sayMoment(value as Moment, names);
    if (field.type === "rule" && value) return sayRule(value as Rule, names);
    if (Array.isArray(value) && value.every((one) => typeof one === "string") && value.length > 0)
      return joined(texts(value), names.lang);
    if (typeof value === "string" && value) return value;
    if (typeof value === "number") return `${field.title[names.lang]} ${value}`;
  }
  return "";
}

/** Empty when the step says nothing yet; the card then asks for its settings. */
export function sayStep(step: Step, kind: Kind | undefined, names: Names, stageAnchor?: Anchor): string {
  const say = SAYERS[step.kind];
  if (say) return say(step.config, names, stageAnchor);
  return kind ? sayByForm(step, kind, names) : "";
}
