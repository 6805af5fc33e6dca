/** Journeys for tests and the development page. */
import { complete, type Definition, type ExitArrow, type Stage, type Step } from "../model/definition";

export const beauty = (): Definition =>
  complete({
    format: 1,
    subject: "contact",
    entries: [{ id: "in-1", on: { type: "event", name: "friend_added" }, to: "trust" }],
    stages: [
      { id: "trust", name: "T+0 建信任", initial: "welcome" },
      { id: "first_order", name: "W1 促首单", initial: "groupbuy" },
      { id: "bought", name: "已购复购", anchor: { event: ["order_paid"] }, initial: "day7", stay: true },
    ],
    steps: [
      {
        id: "welcome",
        stage: "trust",
        kind: "send",
        name: "1v1 欢迎语",
        config: { carrier: "wecom_direct", content: "welcome-beauty" },
      },
      {
        id: "groupbuy",
        stage: "first_order",
        kind: "send",
        config: { carrier: "wecom_direct", content: "newcomer-groupbuy" },
      },
      { id: "day7", stage: "bought", kind: "wait", config: { until: { offset: "P7D", at: "20:00" } } },
      {
        id: "recommend",
        stage: "bought",
        kind: "send",
        config: { carrier: "wecom_direct", content: "match-1v1" },
      },
    ],
    arrows: [
      { id: "a1", from: "trust", on: { type: "after", duration: "P7D" }, to: "first_order" },
      {
        id: "a2",
        from: ["trust", "first_order", "bought"],
        on: { type: "event", name: "order_paid" },
        where: null,
        to: "bought",
      },
      { id: "a3", from: "day7", exit: "next", to: "recommend" },
      { id: "a4", from: "*", on: { type: "event", name: "friend_deleted" }, to: "lost" },
    ],
    ends: [{ id: "lost", name: "已流失", result: "lost" }],
    goals: [{ id: "g1", name: "首单", event: "order_paid", where: null, within: "P30D" }],
    settings: {
      reentry: { mode: "after_exit", after: "P30D" },
      timezone: "Asia/Shanghai",
      quiet_hours: "inherit",
      holdout_percent: 5,
    },
    layout: { trust: { x: 0, y: 0, w: 320, h: 480 }, welcome: { x: 24, y: 64 } },
    notes: [{ id: "n1", text: "…", x: 0, y: 0 }],
  });

/** A made-up journey of a given size: stages in a row, in each a chain of sends and waits with a branch now and then. */
export function large(stageCount: number, stepsEach: number): Definition {
  const stages: Stage[] = [];
  const steps: Step[] = [];
  const arrows: Definition["arrows"] = [];
  for (let s = 0; s < stageCount; s += 1) {
    const stage = `stage-${s + 1}`;
    stages.push({ id: stage, name: `阶段 ${s + 1}`, initial: `step-${s + 1}-1` });
    for (let n = 0; n < stepsEach; n += 1) {
      const id = `step-${s + 1}-${n + 1}`;
      steps.push(stepAt(id, stage, n));
      if (n > 0) arrows.push(link(steps.at(-2)!, id, arrows.length));
    }
    if (s > 0) {
      arrows.push({
        id: `t-${s}`,
        from: `stage-${s}`,
        on: { type: s % 2 ? "after" : "event", duration: "P7D", name: "order_paid" },
        to: stage,
      });
    }
  }
  return complete({
    stages,
    steps,
    arrows,
    entries: [{ id: "in-1", on: { type: "event", name: "friend_added" }, to: "stage-1" }],
    ends: [{ id: "lost", name: "流失", result: "lost" }],
  });
}

function stepAt(id: string, stage: string, n: number): Step {
  if (n % 5 === 2) {
    const rule = { combinator: "and" as const, rules: [{ field: "tags", operator: "has", value: "VIP" }] };
    return {
      id,
      stage,
      kind: "branch",
      name: "是否会员",
      config: { rules: [{ exit: "yes", name: "会员", rule }] },
    };
  }
  if (n % 2 === 1) return { id, stage, kind: "wait", config: { until: { for: `P${n}D`, at: "20:00" } } };
  return {
    id,
    stage,
    kind: "send",
    name: `消息 ${n + 1}`,
    config: { carrier: "wecom_direct", content: `m-${n + 1}` },
  };
}

function link(from: Step, to: string, n: number): ExitArrow {
  const exit = from.kind === "branch" ? "yes" : from.kind === "send" ? "sent" : "next";
  return { id: `a-${n}`, from: from.id, exit, to };
}
