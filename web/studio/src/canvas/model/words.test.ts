import { describe, expect, it } from "vitest";

import { beauty } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { exitsOf } from "./exits";
import { kindOf } from "./kinds";
import { fieldWords, nodeAt } from "./paths";
import { plainRule } from "./plainRule";
import { addDuration, dueAt, nextDates, wall } from "./sampleDates";
import { sayArrow, sayEntry } from "./words/arrow";
import { amountOf, durationOf, parseDuration, sayDuration } from "./words/duration";
import { sayMoment } from "./words/moment";
import { plainNames } from "./words/names";
import { sayRule } from "./words/rule";
import { sayStep } from "./words/step";
import type { Moment, StageArrow, Step } from "./definition";

const zh = plainNames("zh", { event: (name) => ({ order_paid: "支付订单" })[name] ?? name });
const en = plainNames("en");

describe("durations", () => {
  it.each([
    ["P7D", "7 天", "7 days"],
    ["PT1H30M", "1 小时 30 分钟", "1 hour 30 minutes"],
    ["P1M", "1 个月", "1 month"],
    ["P2W", "2 周", "2 weeks"],
  ])("%s", (text, chinese, english) => {
    expect(sayDuration(text, "zh")).toBe(chinese);
    expect(sayDuration(text, "en")).toBe(english);
  });

  it("reads back what the picker wrote", () => {
    for (const text of ["P7D", "PT1H", "-P3D", "P1M", "PT45M"]) {
      const read = parseDuration(text)!;
      const { amount, unit } = amountOf(read);
      expect(durationOf(amount, unit, read.negative)).toBe(text);
    }
    expect(parseDuration("7 days")).toBeNull();
    expect(parseDuration("P")).toBeNull();
  });
});

describe("moments", () => {
  it.each<[Moment, string, string]>([
    [{ for: "P7D" }, "7 天后", "after 7 days"],
    [{ offset: "P7D", at: "20:00" }, "进入阶段后第 7 天 20:00", "day 7 after entering the stage at 20:00"],
    [
      { anchor: "entered_journey", offset: "P1D", at: "20:00", workdays: true },
      "加入旅程后第 1 天 20:00，遇节假日顺延",
      "day 1 after joining at 20:00, on working days",
    ],
    [
      { anchor: { attribute: "birthday" }, offset: "-P3D", at: "10:00" },
      "birthday前 3 天 10:00",
      "3 days before birthday at 10:00",
    ],
    [
      { anchor: { event: ["order_paid"] }, offset: "P21D" },
      "最近一次支付订单后第 21 天",
      "day 21 after the last order paid",
    ],
    [{ at: "08:30" }, "下一个 08:30", "the next 08:30"],
    [{ at: "20:00", weekdays: [5, 1] }, "周一、五 20:00", "on Mon, Fri at 20:00"],
    [{ monthdays: [18, -1], at: "10:00" }, "每月 18 日、月末 10:00", "on day 18, last of the month at 10:00"],
  ])("%j", (moment, chinese, english) => {
    expect(sayMoment(moment, zh)).toBe(chinese);
    expect(sayMoment(moment, en)).toBe(english);
  });

  it("counts from the stage's own anchor when it names none", () => {
    expect(sayMoment({ offset: "P7D", at: "20:00" }, zh, { event: ["order_paid"] })).toBe(
      "最近一次支付订单后第 7 天 20:00",
    );
  });
});

describe("sample dates", () => {
  const friday = wall(2026, 1, 16, 21, 0);

  it("a clock time with whole days falls on the very day, also after a late purchase", () => {
    expect(dueAt({ offset: "P7D", at: "20:00" }, friday, friday)).toEqual(wall(2026, 1, 23, 20, 0));
  });

  it("the next clock time is strictly after the begin", () => {
    expect(dueAt({ at: "08:30" }, wall(2026, 1, 16, 8, 30), null)).toEqual(wall(2026, 1, 17, 8, 30));
  });

  it("month days that a month lacks fall on its last day", () => {
    expect(addDuration(wall(2026, 1, 31), "P1M")).toEqual(wall(2026, 2, 28));
    expect(dueAt({ monthdays: [31], at: "10:00" }, wall(2026, 2, 1), null)).toEqual(wall(2026, 2, 28, 10, 0));
  });

  it("a series gives its next three times, a single moment one", () => {
    expect(nextDates({ at: "20:00", weekdays: [5] }, friday, friday, 3)).toEqual([
      wall(2026, 1, 23, 20),
      wall(2026, 1, 30, 20),
      wall(2026, 2, 6, 20),
    ]);
    expect(nextDates({ for: "PT1H" }, friday, friday, 3)).toEqual([wall(2026, 1, 16, 22)]);
  });

  it("waits for a working day and for a window", () => {
    expect(dueAt({ for: "P1D", at: "10:00", workdays: true }, friday, null)).toEqual(wall(2026, 1, 19, 10));
    expect(dueAt({ for: "PT1H", window: ["09:00", "21:00"] }, friday, null)).toEqual(wall(2026, 1, 17, 9));
  });
});

describe("rules, arrows, entries, cards", () => {
  it("says a rule", () => {
    const rule = {
      combinator: "and" as const,
      rules: [
        { field: "tags", operator: "has", value: "VIP" },
        {
          combinator: "or" as const,
          not: true,
          rules: [
            { field: "attribute.city", operator: "=", value: "上海" },
            { field: "history.order_paid.count", operator: ">", value: 2, within: "P30D" },
          ],
        },
      ],
    };
    expect(sayRule(rule, zh)).toBe("标签 有 VIP 且 非（city 是 上海 或 近 30 天 支付订单次数 大于 2）");
    expect(sayRule({ combinator: "and", rules: [] }, zh)).toBe("");
  });

  it("are said with the titles of segments, tiers and scenes", () => {
    const named = plainNames("zh", {
      segment: (key) => ({ vip: "大客户" })[key] ?? key,
      tier: () => "会员价值",
      level: (_, key) => ({ gold: "金卡" })[key] ?? key,
      scene: () => "每日推荐",
    });
    const rules = [
      { field: "segments", operator: "hasAny", value: ["vip", "new"] },
      { field: "tier.worth", operator: "=", value: "gold" },
      { field: "scene.daily", operator: "=", value: "mask" },
    ];
    expect(sayRule({ combinator: "and", rules }, named)).toBe(
      "人群 有任一 大客户、new 且 会员价值等级 是 金卡 且 场景「每日推荐」匹配的商品 是 mask",
    );
  });

  it("says why an arrow is taken and why somebody gets in", () => {
    const d = beauty();
    expect(sayArrow(d.arrows[0] as StageArrow, zh)).toBe("7 天后");
    expect(sayArrow(d.arrows[1] as StageArrow, zh)).toBe("支付订单");
    expect(sayEntry(d.entries[0]!, en)).toBe("friend added");
  });

  it("says what a step will do", () => {
    const d = beauty();
    const said = d.steps.map((step) =>
      sayStep(step, kindOf(catalogue, step.kind), zh, d.stages.find((s) => s.id === step.stage)?.anchor),
    );
    expect(said).toEqual([
      "企微单聊 「welcome-beauty」",
      "企微单聊 「newcomer-groupbuy」",
      "最近一次支付订单后第 7 天 20:00",
      "企微单聊 「match-1v1」",
    ]);
  });

  it("finds exits in the settings where the kind has none of its own", () => {
    const step: Step = {
      id: "b",
      stage: "s",
      kind: "branch",
      config: { rules: [{ exit: "yes", name: "会员" }, { exit: "no" }] },
    };
    expect(
      exitsOf(step, kindOf(catalogue, "branch"), "zh").map((exit) => [exit.id, exit.title, exit.side]),
    ).toEqual([
      ["yes", "会员", false],
      ["no", "条件 2", false],
      ["else", "其他", false],
      ["failed", "失败", true],
    ]);
    const send: Step = { id: "s", stage: "s", kind: "send", config: {} };
    expect(exitsOf(send, kindOf(catalogue, "send"), "zh").map((exit) => exit.id)).toEqual([
      "sent",
      "skipped",
      "failed",
    ]);
  });
});

describe("paths", () => {
  it("say which field of a form is meant", () => {
    const form = kindOf(catalogue, "branch")!.form;
    expect(fieldWords(form, "steps[2].config.rules[0].rule", "zh")).toBe("分支 1 › 条件");
    expect(fieldWords(form, "steps[2].kind", "zh")).toBe("");
    expect(nodeAt(beauty(), "steps[2].config")).toBe("day7");
    expect(nodeAt(beauty(), "settings.timezone")).toBeNull();
  });

  it("says what did not follow, tiers and journeys", () => {
    const rules = [
      {
        field: "history.cart_added.without.order_paid",
        operator: ">=",
        value: 1,
        after: "P1D",
        within: "P7D",
      },
      { field: "tier.value", operator: "=", value: "high" },
      { field: "journey.welcome", operator: "=", value: "inside" },
    ];
    const said = sayRule({ combinator: "and", rules }, plainNames("zh"));
    expect(said).toContain("后没有支付订单的次数（等满");
    expect(said).toContain("value 等级 是 high");
    expect(said).toContain("旅程「welcome」");
    expect(plainRule({ combinator: "and", rules }).rules[0]).toEqual(rules[0]);
    const changed = { ...rules[0]!, field: "history.cart_added.count" };
    expect(plainRule({ combinator: "and", rules: [changed] }).rules[0]).not.toHaveProperty("after");
  });
});
