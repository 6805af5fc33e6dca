import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Message } from "@/api/types";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const at = "2026-11-01T00:00:00+00:00";

const message = (change: Partial<Message> = {}): Message => ({
  id: 1,
  journey_id: 7,
  journey_name: "美妆新客旅程",
  version: 1,
  enrollment_id: 5,
  contact_id: 3,
  group_id: null,
  contact_name: "林晓",
  step: "welcome",
  step_name: "欢迎语",
  carrier: "wecom_direct",
  content: "beauty-welcome",
  status: "sent",
  reason: null,
  rendered: { text: "林晓，你好呀！", carrier: "sandbox" },
  tries: 1,
  due_at: at,
  not_before: at,
  valid_until: null,
  sent_at: at,
  ...change,
});

const server = (messages: Message[], held: object[] = []) =>
  fakeApi({
    "GET messages/held": page(held),
    "GET session": session,
    "GET journeys": page([{ id: 7, name: "美妆新客旅程" }]),
    "GET messages": page(messages),
    "GET contacts/3": { id: 3, name: "林晓" },
    "GET work": { items: [] },
  });

describe("the messages", () => {
  it("say what keeps them back, and what to do about it", async () => {
    const words = { zh: "没有在发送的后台进程", en: "No worker delivers." };
    const todo = { zh: "请运维启动一个", en: "Start one" };
    server([message()], [{ kind: "no_worker", carrier: null, waiting: 12, words, todo }]);
    renderAt("/messages");
    const why = await screen.findByRole("region", { name: "为什么有消息没有发出" });
    expect(why.textContent).toContain("没有在发送的后台进程 · 12 条在等");
    expect(why.textContent).toContain("请运维启动一个");
  });

  it("show on the phone what was said, and who took it", async () => {
    server([message()]);
    const { person } = renderAt("/messages");
    await person.click(await screen.findByRole("button", { name: "林晓" }));
    const panel = await screen.findByRole("dialog");
    expect(within(panel).getByRole("figure").textContent).toContain("林晓，你好呀！");
    expect(panel.textContent).toContain("由沙盒代收");
  });

  it("say why one was not sent, and that its text is not written yet", async () => {
    server([message({ status: "refused", reason: "客户不接收营销消息。", rendered: null, sent_at: null })]);
    const { person } = renderAt("/messages");
    await person.click(await screen.findByRole("button", { name: "林晓" }));
    const panel = await screen.findByRole("dialog");
    expect(within(panel).getByRole("alert").textContent).toContain("客户不接收营销消息。");
    expect(panel.textContent).toContain("文案会在发送那一刻");
  });

  it("of one contact can be widened to everybody's", async () => {
    const api = server([message()]);
    const { person } = renderAt("/messages?contact=3");
    await person.click(await screen.findByRole("button", { name: "只看发给林晓的" }));
    await waitFor(() => expect(api.of("GET messages").at(-1)?.query.get("contact_id")).toBeNull());
    expect(api.of("GET messages")[0]?.query.get("contact_id")).toBe("3");
  });
});

describe("a running import", () => {
  it("is found again from every page", async () => {
    const job = {
      kind: "import",
      id: 4,
      name: "people.csv",
      journey_id: null,
      state: "running",
      running: true,
      done: 90,
      total: 200,
      back: false,
      at,
    };
    fakeApi({
      "GET session": session,
      "GET journeys": page([]),
      "GET messages": page([]),
      "GET work": { items: [job] },
    });
    renderAt("/messages");
    const tray = await screen.findByRole("list", { name: "进行中的工作" });
    const links = within(tray).getAllByRole("link");
    expect(links.map((link) => link.getAttribute("href"))).toEqual(["/contacts/import/4"]);
    expect(tray.textContent).toContain("45%");
  });
});
