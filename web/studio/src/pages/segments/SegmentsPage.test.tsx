import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { catalogue } from "@/test/kinds";
import type { Segment } from "@/api/segments";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { treeOf } from "./combining";
import { csvOf } from "./saving";

const segment = (change: Partial<Segment> = {}): Segment => ({
  key: "quiet",
  name: "沉睡客户",
  description: "",
  kind: "rule",
  rule: { combinator: "and", rules: [] },
  combine: null,
  words: "近 30 天没有买",
  count: 12304,
  growth: -40,
  trend: [12344, 12320, 12304],
  state: "kept",
  progress: 1,
  revision: 3,
  created_at: "2026-03-01T00:00:00+00:00",
  updated_at: "2026-03-01T00:00:00+00:00",
  ...change,
});

const common = {
  "GET session": session,
  "GET imports": page([]),
  "GET kinds": catalogue,
  "GET event-types": page([{ name: "order_paid", title: "", properties: {}, own_doing: true }]),
  "GET attribute-types": page([]),
  "GET tags": page([]),
  "GET contents": page([]),
  "GET journeys": page([]),
};

describe("the page of segments", () => {
  beforeEach(() => localStorage.clear());

  it("teaches when there are none, with three to begin with", async () => {
    fakeApi({ ...common, "GET segments": page([]) });
    renderAt("/segments");
    expect(await screen.findByText("把“谁”说一次，处处都能用")).toBeTruthy();
    expect(screen.getAllByRole("link", { name: /天内|30 天/ })).toHaveLength(3);
  });

  it("shows numbers, how they went, and how far a first count is", async () => {
    fakeApi({
      ...common,
      "GET segments": page([
        segment(),
        segment({ key: "new", name: "新的", state: "filling", progress: 0.5 }),
      ]),
    });
    renderAt("/segments");
    const row = (await screen.findByText("沉睡客户")).closest("tr")!;
    expect(within(row).getByText("12,304")).toBeTruthy();
    expect(within(row).getByText("−40")).toBeTruthy();
    expect(screen.getByRole("progressbar", { name: "正在首次计算 50%" })).toBeTruthy();
  });

  it("refuses to overwrite what somebody else changed, in the server's words", async () => {
    const api = fakeApi({
      ...common,
      "GET segments": page([segment()]),
      "GET segments/list": segment({ key: "list", kind: "static", rule: null, revision: 3 }),
      "PATCH segments/list": () => ({
        status: 409,
        body: { code: "segment-moved", detail: "这个人群刚被别人改过；请重新载入。", theirs: 4 },
      }),
    });
    const { person } = renderAt("/segments/list/edit");
    await person.type(await screen.findByLabelText("说明"), "老客");
    await person.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findByText("这个人群刚被别人改过；请重新载入。")).toBeTruthy();
    const [asked] = api.of("PATCH segments/list");
    expect(asked!.headers.get("If-Match")).toBe('"3"');
    expect(asked!.body).toEqual({ description: "老客" });
    expect((screen.getByLabelText("说明") as HTMLInputElement).value).toBe("老客");
  });

  it("counts a rule while it is written, and says when the number is not exact", async () => {
    const api = fakeApi({
      ...common,
      "POST segments/count": { count: 81000, exact: false, sampled: 20000, took_ms: 180, words: "看了 3 次" },
      "POST segments/preview": page([]),
    });
    renderAt("/segments/new?idea=browsing");
    expect(await screen.findByText("≈ 81,000")).toBeTruthy();
    expect(screen.getByText("看了 3 次")).toBeTruthy();
    expect(api.of("POST segments/count")[0]!.body).toMatchObject({
      rule: {
        rules: [{ field: "history.product_viewed.count", operator: ">=", value: 3, within: "P14D" }, {}],
      },
    });
  });

  it("shows an overlap as a table too, whose regions list their people", async () => {
    const api = fakeApi({
      ...common,
      "GET segments": page([segment({ key: "a", name: "甲" }), segment({ key: "b", name: "乙" })]),
      "POST segments/overlap": {
        segments: [
          { key: "a", name: "甲", count: 30 },
          { key: "b", name: "乙", count: 20 },
        ],
        regions: [
          { inside: ["a"], count: 20 },
          { inside: ["b"], count: 10 },
          { inside: ["a", "b"], count: 10 },
        ],
      },
      "GET segments/a/contacts": page([]),
    });
    const { person } = renderAt("/segments/overlap?keys=a,b");
    await person.click(await screen.findByRole("button", { name: "只在 「甲」" }));
    expect(await screen.findByText("只在 「甲」：20 人")).toBeTruthy();
    const asked = api.of("GET segments/a/contacts").at(-1)!;
    expect([asked.query.get("also"), asked.query.get("out")]).toEqual([null, "b"]);
    expect(screen.getAllByText("50.0%")).toHaveLength(1);
  });
});

it("says a combination as the rule that the server keeps it by", () => {
  expect(treeOf({ all: ["a"], any: ["b", "c"], none: ["d"] })).toEqual({
    combinator: "and",
    rules: [
      { field: "segments", operator: "has", value: "a" },
      { field: "segments", operator: "hasAny", value: ["b", "c"] },
      { field: "segments", operator: "hasNone", value: ["d"] },
    ],
  });
});

it("writes tables that no spreadsheet runs", () => {
  expect(csvOf([["=1+1", " ＋1", "a,b", 'say "x"', 7, "-2"]])).toBe(
    `\ufeff'=1+1,' ＋1,"a,b","say ""x""",7,'-2\r\n`,
  );
});
