import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { snippets } from "@/pages/events/snippets";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const came = {
  id: 4,
  kind: "contacts",
  form: "csv",
  filename: "people.csv",
  state: "running",
  cut: true,
  rows: 100,
  done: 25,
  created: 20,
  updated: 4,
  failed: 1,
  problems: 1,
  reason: null,
  created_at: "2026-11-01T00:00:00+00:00",
};
const left = {
  ...came,
  id: 5,
  filename: "contacts-1",
  state: "done",
  created_at: "2026-11-02T00:00:00+00:00",
};

describe("the list of files", () => {
  it("shows imports and exports together, newest first, and steers them", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET imports": page([came]),
      "GET exports": page([left]),
      "POST imports/4/pause": { ...came, state: "paused" },
    });
    const { person } = renderAt("/files");
    await screen.findByText("contacts-1", {}, { timeout: 5000 });
    const rows = screen.getAllByRole("listitem");
    const texts = rows.map((row) => row.textContent).filter((text) => text?.includes("行"));
    expect(texts[0]).toContain("contacts-1");
    expect(texts[1]).toContain("25 / 100 行 · 新建 20，更新 4，出错 1");
    expect(screen.getByRole("link", { name: "XLSX" }).getAttribute("href")).toBe(
      "/api/v1/exports/5/file?as=xlsx",
    );
    await person.click(screen.getByRole("button", { name: "暂停" }));
    expect(api.of("POST imports/4/pause")).toHaveLength(1);
  });

  it("writes a test event in three languages", () => {
    const event = { name: "paid", external_id: "it's", properties: { n: 1 } };
    const code = snippets(event, "https://x.cn");
    expect(code.curl).toContain(`'{"name":"paid","external_id":"it'\\''s","properties":{"n":1}}'`);
    expect(code.node).toContain('fetch("https://x.cn/api/v1/events"');
    expect(code.python).toContain("urllib.request");
  });
});
