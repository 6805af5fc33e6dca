import { describe, expect, it } from "vitest";

import type { Answer, WouldBe, WouldSay } from "./ask";
import { daysOf, plain, propertiesOf, wayOf } from "./reading";

const words = { zh: "", en: "" };
const at = (day: number, hour = 12) => new Date(2026, 2, 2 + day, hour).toISOString();
const line = (day: number, part: Partial<WouldBe>): WouldBe => ({
  at: at(day),
  op: "step",
  stage: "trust",
  step: null,
  exit: null,
  arrow: null,
  words,
  saw: [],
  ...part,
});
const said = (day: number, step: string, state: WouldSay["state"]): WouldSay => ({
  at: at(day),
  step,
  step_name: step,
  carrier: "sms",
  content: "x",
  text: null,
  state,
  until: null,
  because: null,
});

const answer: Answer = {
  now: at(0, 10),
  until: at(30),
  standing: null,
  entered: { entry: "in-1", at: at(0) },
  kept_out: null,
  trail: [
    line(0, { op: "open" }),
    line(0, { op: "stage" }),
    line(0, { step: "welcome", exit: "sent", arrow: "a0" }),
    line(2, { op: "hold", step: "offer" }),
    line(3, { step: "offer", exit: "sent" }),
    line(3, { op: "stage", stage: "bought", arrow: "a2" }),
  ],
  messages: [said(0, "welcome", "sent"), said(2, "offer", "held"), said(3, "offer", "sent")],
  goals: [],
  ends: null,
  place: { stage: "bought", step: null, next_at: null },
};

describe("what would happen to somebody", () => {
  it("is told day by day, each message at the line that says it", () => {
    const days = daysOf(answer);
    expect(days.map((day) => day.n)).toEqual([0, 2, 3]);
    expect(days.map((day) => day.lines.map((one) => one.messages.map((m) => m.state)))).toEqual([
      [[], ["sent"]],
      [["held"]],
      [["sent"], []],
    ]);
  });

  it("is drawn as a way that ends where he would stand", () => {
    const way = wayOf(answer);
    expect(way.at).toBe("bought");
    expect(way.arrows).toEqual(["a0", "a2"]);
    expect(way.steps).toEqual(["trust", "welcome", "offer", "bought"]);
    expect(wayOf({ ...answer, trail: [], place: null }).at).toBeNull();
  });

  it("reads values as they are typed, and says them as they are read", () => {
    expect(propertiesOf("amount=199，city: 上海; x")).toEqual({ amount: 199, city: "上海" });
    expect(propertiesOf("")).toEqual({});
    expect([plain(null), plain([]), plain(["a", 2]), plain(true)]).toEqual(["—", "—", "a、2", "true"]);
  });
});
