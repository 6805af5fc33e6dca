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
    const mine = { ...workspace, quiet_hours: ["22:00", "08:00"] };
    const api = fakeApi({
      "GET session": session,
      "GET workspaces": page([mine]),
      "PATCH workspaces/1": mine,
    });
    const { person } = renderAt("/settings/workspace");
    await person.click(await screen.findByRole("switch"));
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("PATCH workspaces/1")).toHaveLength(1));
    expect(api.of("PATCH workspaces/1")[0]?.body).toEqual({
      name: "我的品牌",
      timezone: "Asia/Shanghai",
      quiet_hours: null,
    });
  });

  it("keep keys and audit for the owner", async () => {
    const writing = { ...workspace, role: "editor" as const };
    fakeApi({
      "GET session": { ...session, workspaces: [writing], workspace: writing },
      "GET workspaces": page([{ ...writing, quiet_hours: null }]),
    });
    const { router } = renderAt("/settings/audit");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/workspace"));
    expect(screen.queryByRole("link", { name: "API 密钥" })).toBeNull();
    expect(await screen.findByText("只有工作区的所有者能修改这里。")).toBeTruthy();
  });
});
