import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { attributeFor, wrongWith } from "./mapping";
import { sampleFile } from "./sampleFile";

const job = {
  id: 4,
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

  it.each([
    [{ a: "name" }, "needsId"],
    [{ a: "external_id", b: "external_id" }, "twice"],
    [{ a: "external_id", b: "attribute:" }, "needsName"],
    [{ a: "external_id", b: "attribute:城市" }, "needsName"],
    [{ a: "external_id", b: "attribute:x", c: "attribute:x:number" }, "twice"],
    [{ a: "external_id", b: "tags", c: "tags" }, undefined],
    [{ a: "identity:phone", b: "" }, undefined],
  ])("finds what is wrong with the mapping %o: %s", (mapping, what) => {
    expect(wrongWith(mapping as Record<string, string>)?.what).toBe(what);
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
