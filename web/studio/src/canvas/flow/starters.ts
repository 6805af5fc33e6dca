/** What a new step, end or entry starts with, so that it is drawn whole from its first moment. */
import type { ArrowOn, Config, EntryOn } from "../model/definition";
import { exitList } from "../model/exits";
import { freshWord } from "../model/ids";
import {
  startingValues,
  wholeValues,
  type Catalogue,
  type Field,
  type Kind,
  type Lang,
} from "../model/kinds";

/** Settings that a marketer most often begins with, where the form's own defaults are not enough. */
const BEGINNINGS: Record<string, Config> = {
  wait: { until: { for: "P1D" } },
  send: { carrier: "wecom_direct" },
};

/** A share of the whole is split evenly over the first two groups. */
const isShare = (field: Field) => field.type === "number" && field.max === 100;

function firstItems(list: Field, exit: Field): Config[] {
  const share = list.of?.find(isShare);
  const count = share ? 2 : 1;
  const ids: string[] = [];
  return Array.from({ length: count }, () => {
    const id = freshWord(share ? "variant" : "case", ids);
    ids.push(id);
    const item: Config = { ...startingValues(list.of ?? []), [exit.name]: id };
    if (share) item[share.name] = 100 / count;
    return item;
  });
}

export function startingConfig(kind: Kind | undefined): Config {
  if (!kind) return {};
  const config: Config = { ...startingValues(kind.form), ...structuredClone(BEGINNINGS[kind.kind] ?? {}) };
  const own = kind.exits === null ? exitList(kind.form) : null;
  if (own && !Array.isArray(config[own.list.name])) config[own.list.name] = firstItems(own.list, own.exit);
  return config;
}

export function startingOn(catalogue: Catalogue, type: string): EntryOn {
  const form = catalogue.entries.find((one) => one.type === type)?.form ?? [];
  return { type, ...wholeValues(form) };
}

/** A new stage arrow begins as "after seven days": whole, common, and seen at once. */
export const startingArrow = (): ArrowOn => ({ type: "after", duration: "P7D" });
export const startingAnyArrow = (): ArrowOn => ({ type: "event", name: "friend_deleted" });

const NAMES = {
  zh: { stage: "新阶段", end: "结束", note: "写点什么…" },
  en: { stage: "New stage", end: "End", note: "Write something…" },
} as const;

export const startingName = (what: keyof (typeof NAMES)["zh"], lang: Lang): string => NAMES[lang][what];
