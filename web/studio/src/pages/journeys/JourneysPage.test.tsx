import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Journey, TemplateCard } from "@/api/types";
import { fakeApi, page, session, workspace } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const journey = (change: Partial<Journey> = {}): Journey => ({
  id: 7,
  key: "beauty",
  name: "美妆新客旅程",
  status: "live",
  revision: 3,
  live_version: { number: 2, published_at: "2026-11-01T00:00:00+00:00" },
  inside: 1204,
  subject: "contact",
  on_resume: "skip",
  paused_at: null,
  template: null,
  can: ["publish", "pause", "archive"],
  created_at: "2026-10-01T00:00:00+00:00",
  updated_at: "2026-11-01T00:00:00+00:00",
  ...change,
});

const card: TemplateCard = {
  slug: "beauty",
  name: { zh: "美妆客户生命周期", en: "Beauty lifecycle" },
  industry: { zh: "美妆护肤", en: "Beauty" },
  summary: { zh: "从加好友到老客。", en: "From a new friend to a regular." },
  events: [],
  stages: [{ id: "trust", name: "建信任", color: null }],
};

const openMenu = async (person: ReturnType<typeof renderAt>["person"]) =>
  person.click(await screen.findByRole("button", { name: "“美妆新客旅程”的操作" }));

describe("the journeys", () => {
  it("show what runs and who is inside", async () => {
    fakeApi({ "GET session": session, "GET journeys": page([journey()]) });
    renderAt("/journeys");
    const row = (await screen.findByRole("link", { name: "美妆新客旅程" })).closest("tr")!;
    expect(row.textContent).toContain("运行中");
    expect(row.textContent).toContain("1,204");
    expect(row.textContent).toContain("v2");
  });

  it("name the number of people before they are paused, then pause", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET journeys": page([journey()]),
      "POST journeys/7/pause": journey({ status: "paused" }),
    });
    const { person } = renderAt("/journeys");
    await openMenu(person);
    await person.click(await screen.findByRole("menuitem", { name: "暂停" }));
    const question = await screen.findByRole("dialog");
    expect(question.textContent).toContain("1,204 人");
    expect(api.of("POST journeys/7/pause")).toEqual([]);
    await person.click(within(question).getByRole("button", { name: "暂停" }));
    await waitFor(() => expect(api.of("POST journeys/7/pause")).toHaveLength(1));
    expect(api.of("POST journeys/7/pause")[0]?.body).toEqual({ on_resume: "skip" });
    expect(api.of("POST journeys/7/pause")[0]?.headers.get("x-csrf-token")).toBe(session.csrf);
  });

  it("let those inside exit before archiving, and only when that is said", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET journeys": page([journey({ inside: 312 })]),
      "POST journeys/7/archive": journey({ status: "archived", inside: 0 }),
    });
    const { person } = renderAt("/journeys");
    await openMenu(person);
    await person.click(await screen.findByRole("menuitem", { name: "归档" }));
    const question = await screen.findByRole("dialog");
    const archive = within(question).getByRole<HTMLButtonElement>("button", { name: "归档" });
    expect(archive.disabled).toBe(true);
    await person.click(within(question).getByRole("checkbox"));
    await person.click(archive);
    await waitFor(() => expect(api.of("POST journeys/7/archive")).toHaveLength(1));
    expect(api.of("POST journeys/7/archive")[0]?.body).toEqual({ inside: "exit", confirm: 312 });
  });

  it("offer only what a journey's life allows", async () => {
    fakeApi({
      "GET session": session,
      "GET journeys": page([journey({ status: "draft", can: ["publish"], inside: 0 })]),
    });
    const { person } = renderAt("/journeys");
    await openMenu(person);
    const names = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
    expect(names).toEqual(["重命名", "复制一份", "删除"]);
  });

  it("begin with the templates when there is none, and open the clone simulated", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET journeys": page([]),
      "GET templates": page([card]),
      "POST templates/beauty/clone": {
        ...journey({ id: 9 }),
        made: [
          { kind: "pool", key: "beauty_refill", name: "老客换新券" },
          { kind: "script", key: "", name: "敏感肌可以用吗？" },
          { kind: "script", key: "", name: "想要换季方案" },
        ],
      },
    });
    const { person, router } = renderAt("/journeys");
    expect(await screen.findByRole("heading", { name: "先选一个行业" })).toBeTruthy();
    await person.click(await screen.findByRole("button", { name: "克隆“美妆客户生命周期”" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/journeys/9"));
    expect(router.state.location.search).toBe("?simulate=1");
    expect(api.of("POST templates/beauty/clone")).toHaveLength(1);
    expect(await screen.findByText("券池 1 · 员工话术 2")).toBeTruthy();
  });

  it("leave the deeds away from those who may only look", async () => {
    const looking = { ...workspace, role: "viewer" as const };
    fakeApi({
      "GET session": { ...session, workspaces: [looking], workspace: looking },
      "GET journeys": page([journey()]),
    });
    renderAt("/journeys");
    await screen.findByRole("link", { name: "美妆新客旅程" });
    expect(screen.queryByRole("button", { name: "新建旅程" })).toBeNull();
    expect(screen.queryByRole("button", { name: /的操作$/ })).toBeNull();
  });

  it("keep the server's own sentence when it refuses a name", async () => {
    fakeApi({
      "GET session": session,
      "GET journeys": page([journey()]),
      "POST journeys": () => ({
        status: 422,
        body: { detail: "名称太长。", errors: [{ path: "name", message: "最多 200 字" }] },
      }),
    });
    const { person } = renderAt("/journeys");
    await person.click(await screen.findByRole("button", { name: "新建旅程" }));
    await person.type(await screen.findByLabelText("名称"), "会员日");
    await person.click(screen.getByRole("button", { name: "创建并打开画布" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("名称太长。");
    expect(alert.textContent).toContain("最多 200 字");
    expect(screen.getByLabelText<HTMLInputElement>("名称").value).toBe("会员日");
  });

  it("grow along the cursor", async () => {
    fakeApi({
      "GET session": session,
      "GET journeys": ({ query }) =>
        query.get("cursor") === "c2" ? page([journey({ id: 8, name: "会员日" })]) : page([journey()], "c2"),
    });
    const { person } = renderAt("/journeys");
    await person.click(await screen.findByRole("button", { name: "载入更多" }));
    expect(await screen.findByRole("link", { name: "会员日" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "美妆新客旅程" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "载入更多" })).toBeNull();
  });
});
