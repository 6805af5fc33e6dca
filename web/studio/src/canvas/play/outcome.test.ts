import { describe, expect, it } from "vitest";

import type { Simulation } from "../api";
import { beauty } from "../testing/journeys";
import { peak } from "./charts";
import { BadLog, readLog } from "./log";
import { sumRows } from "./Sums";

describe("a recorded log", () => {
  const events = [
    { subject: "甲", name: "friend_added", at: "2026-03-01T02:00:00.000Z", properties: {} },
    { subject: "乙", name: "order_paid", at: "2026-03-02T02:00:00.000Z", properties: { amount: 66 } },
  ];

  it("is read from a list, from lines and from a table alike", () => {
    expect(readLog(JSON.stringify(events))).toEqual(events);
    expect(readLog(events.map((one) => JSON.stringify(one)).join("\n"))).toEqual(events);
    const table =
      "subject,name,at,amount\n甲,friend_added,2026-03-01T10:00:00+08:00,\n乙,order_paid,2026-03-02T10:00:00+08:00,66\n";
    expect(readLog(table)).toEqual(events);
    expect(readLog('﻿subject,name,at\n"a,""b""",x,2026-03-01T00:00:00Z')[0]!.subject).toBe('a,"b"');
  });

  it.each([
    ["", "empty", 0],
    ["[]", "empty", 0],
    ["[1", "form", 0],
    ['{"subject":"a"}\n{', "form", 2],
    ["subject,name\na,b", "columns", 1],
    ['[{"subject":"a","name":"b","at":"soon"}]', "time", 1],
  ])("says what is wrong with %j", (text, why, line) => {
    const read = () => readLog(text);
    expect(read).toThrow(BadLog);
    try {
      read();
    } catch (bad) {
      expect([(bad as BadLog).why, (bad as BadLog).line]).toEqual([why, line]);
    }
  });
});

describe("two simulations side by side", () => {
  const one = (more: Partial<Simulation>) =>
    ({ entered: 100, messages: 10, goals: {}, ended: {}, held: 0, skipped: 0, ...more }) as Simulation;

  it("has a row for whatever either of them came to", () => {
    const told = one({ goals: { g1: 30 }, beside: one({ goals: { g1: 20 }, ended: { lost: 5 } }) });
    const rows = sumRows(told, beauty(), (key, fall) => fall ?? key);
    expect(rows.map((row) => row.key)).toEqual([
      "entered",
      "messages",
      "goal g1",
      "ended lost",
      "held",
      "skipped",
    ]);
    expect(rows.find((row) => row.key === "ended lost")!.of(told)).toBe(0);
    expect(rows.find((row) => row.key === "ended lost")!.good).toBe(-1);
  });

  it("draws both to one scale: the tallest day of all carriers together", () => {
    const layers = [
      { name: "sms", colour: "", days: [1, 5, 2] },
      { name: "email", colour: "", days: [4, 1] },
    ];
    expect(peak(layers)).toBe(6);
  });
});
