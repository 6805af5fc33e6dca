import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const at = "2026-03-01T00:00:00+00:00";
const style = {
  id: 1,
  name: "style",
  category: "interest",
  title: "风格",
  description: "",
  values: [
    { tag: "style=business", value: "business", title: "商务", worn: 30, allowed: true },
    { tag: "style=hip", value: "hip", title: "", worn: 2, allowed: false },
  ],
  has_values: true,
  exclusive: true,
  days: 90,
  by_hand: "owner",
  source: "rule",
  worn: 32,
  updated_at: at,
  updated_by: "account:1",
};
const categories = [
  { key: "basic", title: { zh: "基础", en: "Basic" }, own: false },
  { key: "interest", title: { zh: "兴趣", en: "Interest" }, own: false },
];

const server = (more: Parameters<typeof fakeApi>[0] = {}) =>
  fakeApi({
    "GET session": session,
    "GET work": { items: [] },
    "GET tags": page([]),
    "GET tags/categories": page(categories),
    "GET tags/definitions": page([style]),
    "GET tags/undefined": page([{ tag: "老客", title: "", worn: 12 }]),
    "GET tags/refused": page([]),
    ...more,
  });

describe("the library of tags", () => {
  it("shows what a tag means and who wears it", async () => {
    server();
    renderAt("/tags");
    const card = await screen.findByRole("article", { name: "风格" });
    expect(within(card).getByText("30 人")).toBeTruthy();
    expect(within(card).getByText("互斥")).toBeTruthy();
    expect(within(card).getByText("有效 90 天")).toBeTruthy();
    expect(within(card).getByText("不在取值里")).toBeTruthy();
  });

  it("takes over a tag that came in with one click", async () => {
    const api = server({ "POST tags/adopt": page([]) });
    const { person } = renderAt("/tags");
    await person.click(await screen.findByRole("button", { name: /还没定义/ }));
    await person.click(await screen.findByRole("button", { name: "收进标签库 老客" }));
    expect(api.of("POST tags/adopt")[0]?.body).toEqual({ names: ["老客"], category: "basic" });
  });

  it("tells what journeys could not put on", async () => {
    const source = { kind: "journey", words: { zh: "旅程“回访”", en: "journey" }, id: "1" };
    server({ "GET tags/refused": page([{ tag: "style=sport", times: 3, last_at: at, source }]) });
    renderAt("/tags");
    expect(await screen.findByText(/style=sport · 旅程“回访” · 3 次/)).toBeTruthy();
  });
});

describe("the rules", () => {
  it("say when they fight", async () => {
    const rule = {
      id: 4,
      key: "dress",
      name: "打上",
      rule: {},
      words: "没有标签 x",
      holding: { add: ["y"], remove: [] },
      ending: { add: [], remove: [] },
      state: "stopped",
      holds_for: 7,
      filling: false,
      fights: { day: "2026-03-02", contacts: 20, rivals: ["去掉"] },
      updated_at: at,
      updated_by: "",
    };
    const api = server({ "GET tags/rules": page([rule]), "POST tags/rules/4/start": rule });
    const { person } = renderAt("/tags/rules");
    const card = await screen.findByRole("article", { name: "打上" });
    expect(within(card).getByText(/今天有 20 人在它和“去掉”之间来回/)).toBeTruthy();
    await person.click(within(card).getByRole("button", { name: /启\s*用/ }));
    expect(api.of("POST tags/rules/4/start")).toHaveLength(1);
  });
});
