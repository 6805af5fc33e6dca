import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Enrollment, Person } from "@/api/types";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { attributeValue } from "./attributes";

const at = "2026-11-01T00:00:00+00:00";

const lin: Person = {
  id: 3,
  external_id: "c-3",
  name: "林晓",
  timezone: null,
  attributes: { city: "上海", orders: 2 },
  tags: ["新客"],
  tiers: { value: "high" },
  identities: { phone: "13800000001" },
  consent: { marketing: true, profiling: true, sms: true, email: false },
  unsubscribed: [],
  staff: [],
  groups: [],
  segments: [],
  merged: [],
  created_at: at,
  updated_at: at,
};

const place: Enrollment = {
  id: 5,
  journey_id: 7,
  journey_name: "美妆新客旅程",
  version: 1,
  contact_id: 3,
  group_id: null,
  contact_name: "林晓",
  status: "waiting",
  stage: "trust",
  stage_name: "建信任",
  step: "w",
  step_name: "次日 20:00",
  result: null,
  entered_at: at,
  ended_at: null,
  since: at,
  next_at: null,
  waiting_for: { zh: "等客户下单", en: "Waits for an order" },
  moved_by: null,
};

const server = (more: Parameters<typeof fakeApi>[0] = {}) =>
  fakeApi({
    "GET session": session,
    "GET contacts": page([lin]),
    "GET contacts/3": lin,
    "GET contacts/3/enrollments": page([place]),
    "GET contacts/3/timeline": page([]),
    "GET attribute-types": page([]),
    "GET tags": page([]),
    ...more,
  });

describe("the contacts", () => {
  it("are searched by what was typed", async () => {
    const api = server();
    const { person } = renderAt("/contacts");
    await person.type(await screen.findByLabelText("查找客户"), "林");
    await waitFor(() => expect(api.of("GET contacts").at(-1)?.query.get("q")).toBe("林"));
  });

  it("say why somebody is where he is, what comes next and when", async () => {
    server();
    const { person } = renderAt("/contacts");
    await person.click(await screen.findByRole("link", { name: "林晓" }));
    const part = await screen.findByRole("region", { name: "所在旅程" });
    expect(await within(part).findByText("建信任 › 次日 20:00")).toBeTruthy();
    expect(within(part).getByText("等客户下单")).toBeTruthy();
    expect(within(part).getByText("等事件发生，没有固定时间")).toBeTruthy();
  });

  it("tell which segments somebody came into and left, also of one that is no more", async () => {
    const said = { at: "2026-03-01T02:00:00+00:00", type: "segment", id: 1 };
    server({
      "GET contacts/3/timeline": page([
        { ...said, segment: null, segment_name: null, entered: false },
        { ...said, segment: "regulars", segment_name: "常客", entered: false },
        { ...said, segment: "regulars", segment_name: "常客", entered: true },
      ]),
    });
    renderAt("/contacts/3");
    expect(await screen.findByText("进入人群“常客”")).toBeTruthy();
    expect(screen.getByText("离开人群“常客”")).toBeTruthy();
    expect(screen.getByText("离开人群“已删除的人群”")).toBeTruthy();
  });

  it("tell what a field was and became, and who or what did it", async () => {
    const said = { at: "2026-03-01T02:00:00+00:00", type: "attribute", id: 1 };
    server({
      "GET contacts/3/timeline": page([
        { ...said, field: "attribute.level", old: null, new: "金卡", by: null, journey_name: "会员日" },
        { ...said, field: "name", old: "林", new: "林晓", by: "import:7" },
      ]),
    });
    renderAt("/contacts/3");
    expect(await screen.findByText(/：— → 金卡$/)).toBeTruthy();
    expect(screen.getByText("会员日")).toBeTruthy();
    expect(screen.getByText("姓名：林 → 林晓")).toBeTruthy();
    expect(screen.getByText("导入 #7")).toBeTruthy();
  });

  it("are changed with the types they had, and forget what was removed", async () => {
    const api = server({ "PATCH contacts/3": lin });
    const { person } = renderAt("/contacts/3");
    await person.click(await screen.findByRole("button", { name: "编辑" }));
    const orders = screen.getByLabelText("属性值 orders");
    await person.clear(orders);
    await person.type(orders, "3");
    await person.click(screen.getAllByRole("button", { name: "移除这个属性" })[0]!);
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("PATCH contacts/3")).toHaveLength(1));
    expect(api.of("PATCH contacts/3")[0]?.body).toEqual({
      name: "林晓",
      attributes: { city: null, orders: 3 },
    });
  });

  it("withdraw consent with the words of the customer", async () => {
    const api = server({ "POST contacts/3/consent": { topics: {} } });
    const { person } = renderAt("/contacts/3");
    await person.click(await screen.findByRole("switch", { name: "短信" }));
    await person.type(await screen.findByLabelText("说明"), "电话里说的");
    await person.click(screen.getByRole("button", { name: /^关\s?闭$/ }));
    await waitFor(() => expect(api.of("POST contacts/3/consent")).toHaveLength(1));
    expect(api.of("POST contacts/3/consent")[0]?.body).toEqual({
      topics: { sms: false },
      note: "电话里说的",
    });
  });

  it("are written to again after their own withdrawal only with the words of a new consent", async () => {
    const api = server({
      "GET contacts/3": { ...lin, consent: { ...lin.consent, sms: false }, unsubscribed: ["sms"] },
      "POST contacts/3/consent": { topics: {} },
    });
    const { person } = renderAt("/contacts/3");
    expect(await screen.findByText("客户自己退订")).toBeTruthy();
    await person.click(screen.getByRole("switch", { name: "短信" }));
    const go = await screen.findByRole("button", { name: /^恢\s?复$/ });
    expect(go).toHaveProperty("disabled", true);
    await person.type(screen.getByLabelText("新的同意从何而来"), "到店签了同意书");
    await person.click(go);
    await waitFor(() => expect(api.of("POST contacts/3/consent")).toHaveLength(1));
    expect(api.of("POST contacts/3/consent")[0]?.body).toEqual({
      topics: { sms: true },
      note: "到店签了同意书",
    });
  });

  it("who are gone lead back to the others", async () => {
    server({ "GET contacts/3": () => ({ status: 404, body: { detail: "没有" } }) });
    renderAt("/contacts/3");
    const way = await screen.findByRole("link", { name: "查看所有客户" });
    expect(way.getAttribute("href")).toBe("/contacts");
  });

  it("have an address tried again that came back, with a reason", async () => {
    const stopped = { carrier: "email", address: "l@example.com", reason: "550", at: "2026-01-01T00:00:00Z" };
    const api = server({
      "GET contacts/3/suppressions": page([stopped]),
      "POST contacts/3/suppressions/lift": page([]),
    });
    const { person } = renderAt("/contacts/3");
    await person.click(await screen.findByRole("button", { name: "再试这个地址" }));
    await person.type(await screen.findByLabelText("再试的理由"), "邮箱恢复了{Enter}");
    await waitFor(() => expect(api.of("POST contacts/3/suppressions/lift")).toHaveLength(1));
    expect(api.of("POST contacts/3/suppressions/lift")[0]?.body).toEqual({
      carrier: "email",
      reason: "邮箱恢复了",
    });
  });

  it("are erased only after the name was typed", async () => {
    const api = server({ "DELETE contacts/3": () => ({ status: 204, body: null }) });
    const { person } = renderAt("/contacts/3");
    await person.click(await screen.findByRole("button", { name: "更多操作" }));
    await person.click(await screen.findByRole("menuitem", { name: "清除此人" }));
    const dialog = await screen.findByRole("dialog");
    const go = within(dialog).getByRole("button", { name: "永久清除" });
    expect(go).toHaveProperty("disabled", true);
    await person.type(within(dialog).getByRole("textbox"), "林晓");
    await person.click(go);
    await waitFor(() => expect(api.of("DELETE contacts/3")).toHaveLength(1));
  });

  it("teach what to do when there are none", async () => {
    server({ "GET contacts": page([]) });
    renderAt("/contacts");
    expect(await screen.findByRole("heading", { name: "还没有客户" })).toBeTruthy();
  });
});

describe("a typed attribute", () => {
  it.each([
    ["3", 2, 3],
    ["many", 2, "many"],
    ["00123", "00122", "00123"],
    ["false", true, false],
    ["", "x", null],
    ["[1]", [1], [1]],
    ["[1]", undefined, "[1]"],
    ["5", undefined, "5"],
  ])("%s after %s is %s", (typed, before, value) => expect(attributeValue(typed, before)).toEqual(value));
});
