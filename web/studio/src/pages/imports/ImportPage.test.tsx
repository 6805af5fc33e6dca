import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { ImportKind } from "@/api/imports";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { attributeFor, wrongWith } from "./mapping";
import { sampleFile } from "./sampleFile";

const job = {
  id: 4,
  kind: "contacts",
  filename: "people.csv",
  state: "done",
  rows: 3,
  done: 3,
  created: 1,
  updated: 1,
  failed: 1,
  reason: null,
  created_at: "2026-11-01T00:00:00+00:00",
  finished_at: null,
};

describe("an import", () => {
  it("goes from the file over its columns to the refused rows", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET imports": page([]),
      "POST imports/preview": {
        columns: ["编号", "城市"],
        rows: [
          ["c-1", "上海"],
          ["c-2", "杭州"],
        ],
        mapping: { 编号: "external_id", 城市: "attribute:city" },
        encoding: "utf-8",
        delimiter: ",",
      },
      "POST imports": job,
      "GET imports/4": job,
      "GET contacts": page([]),
    });
    const { person, router } = renderAt("/contacts/import");
    await screen.findByText("把 CSV 或 XLSX 文件拖到这里");
    const file = new File(["编号,城市\nc-1,上海"], "people.csv", { type: "text/csv" });
    await person.upload(document.querySelector<HTMLInputElement>("input[type=file]")!, file);
    expect(await screen.findByText("上海、杭州")).toBeTruthy();
    await person.click(screen.getByRole("button", { name: "开始导入" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/contacts/import/4"));
    const sent = api.of("POST imports")[0]?.body as FormData;
    expect(JSON.parse(sent.get("mapping") as string)).toEqual({
      编号: "external_id",
      城市: "attribute:city",
    });
    const errors = await screen.findByRole("link", { name: "下载出错的行" });
    expect(errors.getAttribute("href")).toBe("/api/v1/imports/4/errors.csv");
  });

  it("takes events of one name, whatever column bears them", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET imports": page([]),
      "GET event-types": page([{ name: "order_paid", title: "付款" }]),
      "POST imports/preview": {
        columns: ["客户编号", "金额"],
        rows: [["c-1", "199"]],
        mapping: { 客户编号: "external_id", 金额: "property:column_2" },
        encoding: "utf-8",
        delimiter: ",",
        form: "csv",
      },
      "POST imports": { ...job, kind: "events" },
      "GET imports/4": { ...job, kind: "events" },
    });
    const { person, router } = renderAt("/contacts/import?kind=events");
    await screen.findByText(/一行一个事件。同一个事件/);
    await person.upload(
      document.querySelector<HTMLInputElement>("input[type=file]")!,
      new File(["客户编号,金额\nc-1,199"], "orders.csv", { type: "text/csv" }),
    );
    await screen.findByText("c-1");
    const start = screen.getByRole<HTMLButtonElement>("button", { name: "开始导入" });
    expect(start.disabled).toBe(true);
    expect(screen.getByText(/为整个文件选一个事件/)).toBeTruthy();
    await person.type(screen.getByLabelText("整个文件都是这个事件"), "order_paid");
    await person.click(start);
    await waitFor(() => expect(router.state.location.pathname).toBe("/contacts/import/4"));
    const preview = api.of("POST imports/preview")[0]?.body as FormData;
    expect(preview.get("kind")).toBe("events");
    const sent = api.of("POST imports")[0]?.body as FormData;
    expect([sent.get("kind"), sent.get("event")]).toEqual(["events", "order_paid"]);
    expect((await screen.findByRole("link", { name: "查看事件" })).getAttribute("href")).toBe("/events");
  });

  it("shows lines that speak for themselves, with nothing to map", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET imports": page([]),
      "POST imports/preview": {
        columns: ["name", "external_id"],
        rows: [["paid", "c-9"]],
        mapping: {},
        encoding: "utf-8",
        delimiter: "",
        form: "jsonl",
      },
      "POST imports": { ...job, kind: "events" },
      "GET imports/4": { ...job, kind: "events" },
    });
    const { person } = renderAt("/contacts/import?kind=events");
    await screen.findByText(/一行一个事件。同一个事件/);
    await person.upload(
      document.querySelector<HTMLInputElement>("input[type=file]")!,
      new File(["{}"], "orders.jsonl"),
    );
    expect(await screen.findByText("c-9")).toBeTruthy();
    await person.click(screen.getByRole("button", { name: "开始导入" }));
    await screen.findByRole("link", { name: "查看事件" });
    expect((api.of("POST imports")[0]?.body as FormData).get("mapping")).toBe("{}");
  });

  it("asks for the list before the file, and puts the people on it", async () => {
    const lists = [
      { key: "vip", name: "沙龙名单", kind: "static" },
      { key: "new", name: "新客", kind: "rule" },
    ];
    const api = fakeApi({
      "GET session": session,
      "GET imports": page([]),
      "GET segments": page(lists),
      "POST imports/preview": {
        columns: ["手机"],
        rows: [["13800000001"]],
        mapping: { 手机: "identity:phone" },
        encoding: "utf-8",
        delimiter: ",",
        form: "csv",
      },
      "POST imports": { ...job, kind: "list", options: { list: "vip" } },
      "GET imports/4": { ...job, kind: "list", options: { list: "vip" } },
    });
    const { person } = renderAt("/contacts/import?kind=list");
    await screen.findByText("请先选择名单，再选择文件。");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "选择文件" }).disabled).toBe(true);
    await person.click(screen.getByRole("combobox", { name: "放进哪个名单" }));
    await person.click(await screen.findByText("沙龙名单"));
    expect(screen.queryByText("新客")).toBeNull();
    await person.upload(
      document.querySelector<HTMLInputElement>("input[type=file]")!,
      new File(["手机\n13800000001"], "people.csv", { type: "text/csv" }),
    );
    await person.click(await screen.findByRole("button", { name: "开始导入" }));
    const link = await screen.findByRole("link", { name: "查看名单" });
    expect(link.getAttribute("href")).toBe("/segments/vip");
    const sent = api.of("POST imports")[0]?.body as FormData;
    expect([sent.get("kind"), sent.get("list"), sent.get("event")]).toEqual(["list", "vip", null]);
  });

  it.each<[object, string | undefined, ImportKind?]>([
    [{ a: "name" }, "needsId"],
    [{ a: "external_id", b: "external_id" }, "twice"],
    [{ a: "external_id", b: "attribute:" }, "needsName"],
    [{ a: "external_id", b: "attribute:城市" }, "needsName"],
    [{ a: "external_id", b: "attribute:x", c: "attribute:x:number" }, "twice"],
    [{ a: "external_id", b: "tags", c: "tags" }, undefined],
    [{ a: "identity:phone", b: "" }, undefined],
    [{ a: "external_id", b: "property:数量" }, "needsName", "events"],
    [{ a: "external_id", b: "property:amount" }, "needsEvent", "events"],
    [{ a: "external_id", b: "event_name" }, undefined, "events"],
  ])("finds what is wrong with the mapping %o: %s", (mapping, what, kind) => {
    expect(wrongWith(mapping as Record<string, string>, kind)?.what).toBe(what);
  });

  it.each([
    ["Skin Type", "attribute:skin_type"],
    ["城市", "attribute:"],
  ])("proposes for a column %s the place %s", (column, place) => expect(attributeFor(column)).toBe(place));

  it("hands out a sample that Excel reads as UTF-8", () => {
    const text = decodeURIComponent(sampleFile().split(",").slice(1).join(","));
    expect(text.startsWith("\ufeffexternal_id,")).toBe(true);
  });
});
