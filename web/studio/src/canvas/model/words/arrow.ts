/** Why an arrow is taken and why somebody gets in: what stands on chips and flags. */
import type { ArrowOn, Entry, Moment, Rule, StageArrow } from "../definition";
import { sayDuration } from "./duration";
import { sayMoment } from "./moment";
import { joined, type Names } from "./names";
import { sayField, sayRule } from "./rule";

/** The four reasons that have a sign of their own on a chip. */
export type Reason = "event" | "time" | "rule" | "done";

const REASONS: Record<string, Reason> = {
  event: "event",
  changed: "event",
  after: "time",
  at: "time",
  when: "rule",
  done: "done",
};

export const reasonOf = (on: ArrowOn): Reason => REASONS[on.type] ?? "event";

const eventNames = (value: unknown, names: Names): string =>
  [value]
    .flat()
    .filter((one): one is string => typeof one === "string")
    .map((one) => names.event(one))
    .join(" / ");

function momentIn(on: ArrowOn): Moment {
  const moment: Record<string, unknown> = { ...on };
  delete moment.type;
  delete moment.if_past;
  return moment as Moment;
}

export function sayArrow(
  arrow: StageArrow,
  names: Names,
  stageAnchor?: Parameters<typeof sayMoment>[2],
): string {
  const zh = names.lang === "zh";
  const { on } = arrow;
  switch (on.type) {
    case "event":
      return eventNames(on.name, names) || (zh ? "事件？" : "event?");
    case "after":
      return on.duration
        ? zh
          ? `${sayDuration(on.duration, "zh")}后`
          : `after ${sayDuration(on.duration, "en")}`
        : zh
          ? "多久之后？"
          : "after?";
    case "at":
      return sayMoment(momentIn(on), names, stageAnchor);
    case "when":
      return sayRule(on.rule as Rule, names) || (zh ? "满足条件？" : "rule?");
    case "changed":
      return zh
        ? `${sayField(String(on.field ?? ""), names)} 变化`
        : `${sayField(String(on.field ?? ""), names)} changes`;
    case "done":
      return zh ? "步骤走完" : "steps done";
    default:
      return on.type;
  }
}

/** The condition beside the reason; empty if there is none. */
export const sayWhere = (where: Rule | null | undefined, names: Names): string => sayRule(where, names);

export function sayEntry(entry: Entry, names: Names): string {
  const zh = names.lang === "zh";
  const { on } = entry;
  switch (on.type) {
    case "event":
      return eventNames(on.name, names) || (zh ? "事件？" : "event?");
    case "tag":
      return zh
        ? `打上标签 ${joined([on.tag].flat().map(String), "zh")}`
        : `tagged ${joined([on.tag].flat().map(String), "en")}`;
    case "date": {
      const attribute = names.attribute(String(on.attribute ?? ""));
      const offset = typeof on.offset === "string" ? on.offset : "P0D";
      const said = sayMoment(
        { anchor: { attribute: String(on.attribute ?? "") }, offset, at: on.at as string | undefined },
        names,
      );
      return on.yearly
        ? zh
          ? `每年 ${said}`
          : `yearly, ${said}`
        : attribute
          ? said
          : zh
            ? "日期？"
            : "date?";
    }
    case "schedule":
      return sayMoment(momentIn(on), names);
    case "segment":
      return zh ? `进入分群 ${String(on.segment ?? "")}` : `in segment ${String(on.segment ?? "")}`;
    case "channel":
      return zh ? `扫渠道码 ${String(on.code ?? "")}` : `by the code ${String(on.code ?? "")}`;
    case "hand":
      return zh ? "手动加入" : "by hand";
    case "api":
      return zh ? "接口加入" : "by API";
    default:
      return on.type;
  }
}
