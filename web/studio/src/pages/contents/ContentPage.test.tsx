import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { FormField } from "@/api/kindTypes";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { trimmed } from "./body";
import { insertAt, placeFor } from "./variables";

const material = {
  id: 2,
  key: "welcome",
  name: "欢迎语",
  carrier: "wecom_direct",
  body: { text: "你好" },
  revision: 1,
  updated_at: "2026-11-01T00:00:00+00:00",
  updated_by: "a",
  version: 1,
  category: "",
  topic: "",
  owner_id: null,
  status: "draft",
  approved_version: null,
  expires_at: null,
  variants: null,
  winner: "",
  choosing: null,
  created_at: null,
};

const server = (more: Parameters<typeof fakeApi>[0] = {}) =>
  fakeApi({
    "GET session": session,
    "GET contents/2": material,
    "GET contacts": page([]),
    "GET attribute-types": page([{ name: "city", title: "城市", type: "text" }]),
    "POST contents/preview": { text: "你好", missing: [] },
    "POST contents/check": { findings: [], segments: null },
    "GET contents/policy": { review: "off", others_review: false, mix: {}, lists: [] },
    "GET contents/2/reviews": page([]),
    "GET contents/2/versions": page([]),
    "GET contents/2/slots": page([]),
    "GET members": page([]),
    "GET staff": page([]),
    "GET carriers": page([
      {
        carrier: "wecom_direct",
        form: [{ name: "text", type: "text", title: { zh: "正文", en: "Text" }, required: true, max: 4000 }],
      },
      {
        carrier: "email",
        form: [
          { name: "subject", type: "text", title: { zh: "主题", en: "Subject" }, required: true },
          { name: "text", type: "text", title: { zh: "正文", en: "Text" }, required: true },
        ],
      },
    ]),
    ...more,
  });

describe("writing a text", () => {
  it("puts a place where the cursor is and saves what the carrier shows", async () => {
    const api = server({ "PUT contents/2": material });
    const { person } = renderAt("/contents/2");
    const text = await screen.findByLabelText<HTMLTextAreaElement>("正文");
    text.setSelectionRange(0, 0);
    await person.click(await screen.findByRole("button", { name: "城市" }));
    await waitFor(() => expect(text.value).toBe("{{ contact.city }}你好"));
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("PUT contents/2")).toHaveLength(1));
    expect(api.of("PUT contents/2")[0]?.body).toMatchObject({
      key: "welcome",
      name: "欢迎语",
      carrier: "wecom_direct",
      body: { text: "{{ contact.city }}你好" },
      revision: 1,
    });
  });

  it("says where a text cannot be read, in the server's words", async () => {
    server({ "POST contents/preview": () => ({ status: 422, body: { detail: "第 1 行的变量没有写完。" } }) });
    renderAt("/contents/2");
    fireEvent.change(await screen.findByLabelText("正文"), { target: { value: "{{ contact." } });
    expect((await screen.findByRole("alert")).textContent).toContain("第 1 行的变量没有写完。");
  });

  it("asks for a key that journeys can refer to", async () => {
    const api = server();
    const { person } = renderAt("/contents/new");
    await person.type(await screen.findByLabelText("编号"), "欢迎");
    await person.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findByText(/请填写编号/)).toBeTruthy();
    expect(api.of("POST contents")).toEqual([]);
  });

  it("keeps only what the carrier shows", () => {
    const attachments = [
      { type: "link", title: "团购", url: "https://example.com" },
      { type: "image", title: "还没写完" },
    ];
    const form: FormField[] = [
      { name: "text", type: "text", title: { zh: "", en: "" } },
      { name: "attachments", type: "list", title: { zh: "", en: "" } },
    ];
    expect(trimmed({ text: "a", subject: "b", title: "c", attachments }, form)).toEqual({
      text: "a",
      attachments: [attachments[0]],
    });
  });

  it("knows how to name a place", () => {
    expect(placeFor("city").insert).toBe("{{ contact.city }}");
    expect(placeFor("city", "城市").name).toBe("城市");
    expect(insertAt("ab", "X", 1, 2)).toEqual({ text: "aX", cursor: 2 });
  });
});
