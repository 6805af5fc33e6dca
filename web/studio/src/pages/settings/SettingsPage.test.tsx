import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session, workspace } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const key = {
  id: 1,
  name: "商城订单",
  prefix: "rb_3fa9",
  role: "editor",
  created_at: "2026-11-01T00:00:00+00:00",
  expires_at: null,
  used_at: null,
  revoked_at: null,
};

describe("the settings", () => {
  it("show a new key once and never again", async () => {
    fakeApi({
      "GET session": session,
      "GET api-keys": page([]),
      "POST api-keys": { ...key, secret: "rb_3fa9_the_whole_secret" },
    });
    const { person } = renderAt("/settings/api-keys");
    await person.click(await screen.findByRole("button", { name: "新建密钥" }));
    await person.type(await screen.findByLabelText("用途"), "商城订单");
    await person.click(screen.getByRole("button", { name: "生成密钥" }));
    expect(await screen.findByText("rb_3fa9_the_whole_secret")).toBeTruthy();
    await person.click(screen.getByRole("button", { name: "我已保存好" }));
    await waitFor(() => expect(screen.queryByText("rb_3fa9_the_whole_secret")).toBeNull());
  });

  it("ask before a key is revoked", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET api-keys": page([key]),
      "DELETE api-keys/1": () => ({ status: 204, body: null }),
    });
    const { person } = renderAt("/settings/api-keys");
    await person.click(await screen.findByRole("button", { name: "作废“商城订单”" }));
    const question = await screen.findByRole("dialog");
    await person.click(within(question).getByRole("button", { name: "作废" }));
    await waitFor(() => expect(api.of("DELETE api-keys/1")).toHaveLength(1));
  });

  it("save zone and quiet hours, or none", async () => {
    const mine = {
      ...workspace,
      language: "zh",
      quiet_hours: ["22:00", "08:00"],
      merge_on_identify: ["unionid"],
    };
    const api = fakeApi({
      "GET session": session,
      "GET workspaces": page([mine]),
      "PATCH workspaces/1": mine,
    });
    const { person } = renderAt("/settings/workspace");
    await person.click(await screen.findByRole("switch", { name: /免打扰/ }));
    await person.click(screen.getByRole("combobox", { name: /通知语言/ }));
    await person.click(await screen.findByTitle("English"));
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("PATCH workspaces/1")).toHaveLength(1));
    expect(api.of("PATCH workspaces/1")[0]?.body).toEqual({
      name: "我的品牌",
      timezone: "Asia/Shanghai",
      language: "en",
      quiet_hours: null,
      merge_on_identify: ["unionid"],
    });
  });

  it("say what merging by itself does, and switch it", async () => {
    const mine = { ...workspace, quiet_hours: null, merge_on_identify: [] };
    const api = fakeApi({
      "GET session": session,
      "GET workspaces": page([mine]),
      "PATCH workspaces/1": mine,
    });
    const { person } = renderAt("/settings/workspace");
    expect(await screen.findByText(/各走各的旅程/)).toBeTruthy();
    await person.click(screen.getByRole("switch", { name: /自动合并/ }));
    expect(screen.getByText(/就合成一位/)).toBeTruthy();
    await person.click(screen.getByRole("checkbox", { name: "手机号" }));
    expect(screen.getByText(/手机号可能多人共用/)).toBeTruthy();
    await person.click(screen.getByRole("button", { name: /^保\s?存$/ }));
    await waitFor(() => expect(api.of("PATCH workspaces/1")).toHaveLength(1));
    expect(api.of("PATCH workspaces/1")[0]?.body).toMatchObject({
      merge_on_identify: ["external_userid", "unionid", "openid", "external_id", "phone"],
    });
  });

  it("keep keys and audit for the owner", async () => {
    const writing = { ...workspace, role: "editor" as const };
    fakeApi({
      "GET session": { ...session, workspaces: [writing], workspace: writing },
      "GET workspaces": page([{ ...writing, quiet_hours: null, merge_on_identify: [] }]),
    });
    const { router } = renderAt("/settings/audit");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/workspace"));
    expect(screen.queryByRole("link", { name: "API 密钥" })).toBeNull();
    expect(await screen.findByText("只有工作区的所有者能修改这里。")).toBeTruthy();
  });
});
