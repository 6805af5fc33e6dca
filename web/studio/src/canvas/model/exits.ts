/** The exits of a step: its kind's own, or those that its settings name. */
import type { Step } from "./definition";
import type { Field, Kind, Lang, Words } from "./kinds";

export interface Exit {
  id: string;
  title: string;
  /** A side exit goes where the first exit goes until somebody connects it. */
  side: boolean;
}

/** Titles of exits that the server names by id alone. */
const TITLES: Record<string, Words> = {
  next: { zh: "下一步", en: "next" },
  late: { zh: "已过时", en: "late" },
  else: { zh: "其他", en: "else" },
  timeout: { zh: "超时", en: "timeout" },
  sent: { zh: "已发送", en: "sent" },
  skipped: { zh: "未发", en: "skipped" },
  failed: { zh: "失败", en: "failed" },
  empty: { zh: "已发完", en: "empty" },
  ok: { zh: "成功", en: "ok" },
};

const titleOf = (id: string, lang: Lang, own?: Words): string => own?.[lang] || TITLES[id]?.[lang] || id;

/** The list field whose items are exits: the one with a field of type `exit` in it. */
export function exitList(form: readonly Field[]): { list: Field; exit: Field } | null {
  for (const list of form) {
    const exit = list.of?.find((field) => field.type === "exit");
    if (list.type === "list" && exit) return { list, exit };
  }
  return null;
}

interface Item {
  [key: string]: unknown;
}

function fromConfig(step: Step, kind: Kind, lang: Lang): Exit[] {
  const found = exitList(kind.form);
  if (!found) return [];
  const items = step.config[found.list.name];
  const exits: Exit[] = [];
  // A task that nobody waits for has one way on; its result comes as an event.
  if (step.config.wait === false) return [{ id: "next", title: titleOf("next", lang), side: false }];
  if (Array.isArray(items)) {
    (items as Item[]).forEach((item, n) => {
      const id = item?.[found.exit.name];
      if (typeof id === "string" && id) exits.push({ id, title: itemTitle(item, id, n, lang), side: false });
    });
  }
  for (const last of kind.closing_exits ?? []) {
    const taken = exits.some((exit) => exit.id === last.id);
    if (!taken) exits.push({ id: last.id, title: titleOf(last.id, lang, last.title), side: false });
  }
  return exits;
}

function itemTitle(item: Item, id: string, n: number, lang: Lang): string {
  if (typeof item.name === "string" && item.name) return item.name;
  if (typeof item.title === "string" && item.title) return item.title;
  if (typeof item.percent === "number") return `${String.fromCharCode(65 + (n % 26))} ${item.percent}%`;
  if (typeof item.event === "string" && item.event) return item.event;
  return TITLES[id]?.[lang] ?? (lang === "zh" ? `条件 ${n + 1}` : `case ${n + 1}`);
}

/** All exits in drawn order: the main ones, then the side exits. `failed` is a side exit of every kind. */
export function exitsOf(step: Step, kind: Kind | undefined, lang: Lang): Exit[] {
  if (!kind) return [{ id: "next", title: titleOf("next", lang), side: false }];
  const main: Exit[] = kind.exits
    ? kind.exits.map((exit) => ({ id: exit.id, title: titleOf(exit.id, lang, exit.title), side: false }))
    : fromConfig(step, kind, lang);
  const side = kind.side_exits.map((exit) =>
    typeof exit === "string"
      ? { id: exit, title: titleOf(exit, lang), side: true }
      : { id: exit.id, title: titleOf(exit.id, lang, exit.title), side: true },
  );
  const all = [...main, ...side.filter((exit) => !main.some((one) => one.id === exit.id))];
  if (!all.some((exit) => exit.id === "failed"))
    all.push({ id: "failed", title: titleOf("failed", lang), side: true });
  return all;
}

/** The exit by which a step normally goes on. */
export const firstExit = (exits: readonly Exit[]): Exit | undefined => exits.find((exit) => !exit.side);
