import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Group, Measure, Phase } from "@/api/groups";
import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { percent, valueText } from "./measures";

const at = "2026-11-01T00:00:00+00:00";

const speaking: Measure = {
  key: "speaking",
  title: { zh: "发言率", en: "Members who speak" },
  unit: "share",
  value: 0.05,
  threshold: 0.15,
  falls: false,
  low: true,
  remedy: { zh: "抛一个人人能答的话题。", en: "Ask what everybody can answer." },
};
const phase: Phase = { key: "activate", title: { zh: "激活期", en: "Activate" }, measures: [speaking] };
const other: Phase = {
  key: "build",
  title: { zh: "建群期", en: "Build" },
  measures: [{ ...speaking, value: null }],
};

const group = (id: number, more: Partial<Group> = {}): Group => ({
  id,
  key: `g${id}`,
  name: `花间 ${id} 群`,
  owner: "mei",
  notice: "",
  timezone: null,
  attributes: { member_count: 120 },
  tags: ["重点"],
  member_count: 120,
  created_at: at,
  dismissed_at: null,
  days: 11,
  phase,
  journeys: 0,
  ...more,
});

const journey = { id: 7, key: "sop", name: "日不落", subject: "group", status: "live", can: [] };

const server = (more: Parameters<typeof fakeApi>[0] = {}) =>
  fakeApi({
    "GET session": session,
    "GET groups": page([group(1), group(2), group(3, { dismissed_at: at })]),
    "GET groups/overview": {
      total: 3,
      members: 360,
      phases: [
        { key: "build", title: { zh: "建群期", en: "Build" }, from_day: 0, groups: 1 },
        { key: "activate", title: { zh: "激活期", en: "Activate" }, from_day: 7, groups: 2 },
      ],
    },
    "GET journeys": page([journey, { ...journey, id: 8, name: "个人的", subject: "contact" }]),
    "GET groups/1": group(1),
    "GET groups/1/numbers": { days: [], phases: [other, phase] },
    "GET groups/1/enrollments": page([]),
    ...more,
  });

describe("the customer groups", () => {
  it("show owner, phase and measures, and say what is low", async () => {
    server();
    renderAt("/groups");
    const row = (await screen.findByRole("link", { name: "花间 1 群" })).closest("tr")!;
    expect(within(row).getByText("mei")).toBeTruthy();
    expect(within(row).getByText("激活期")).toBeTruthy();
    expect(within(row).getByText("第 12 天")).toBeTruthy();
    expect(within(row).getByText("发言率", { exact: false }).textContent).toBe("发言率 5% 偏低");
  });

  it("are narrowed by their phase", async () => {
    const api = server();
    const { person } = renderAt("/groups");
    const phases = await screen.findByRole("group", { name: "阶段" });
    await person.click(within(phases).getByRole("button", { name: /激活期/ }));
    await waitFor(() => expect(api.of("GET groups").at(-1)?.query.get("phase")).toBe("activate"));
  });

  it("go many at once into a journey of groups, and it is shown how far they have come", async () => {
    const api = server({
      "POST journeys/7/enroll-groups": { batch: "b1", accepted: 2, errors: [] },
      "GET journeys/7/enroll-groups/b1": {
        batch: "b1",
        total: 2,
        taken: 2,
        inside: 2,
        failed: 0,
        done: true,
      },
    });
    const { person } = renderAt("/groups");
    await person.click(await screen.findByRole("checkbox", { name: "选择 花间 1 群" }));
    await person.click(screen.getByRole("checkbox", { name: "选择 花间 2 群" }));
    expect(screen.getByRole("checkbox", { name: "选择 花间 3 群" })).toHaveProperty("disabled", true);
    await person.click(screen.getByRole("button", { name: "放进旅程" }));
    const panel = await screen.findByRole("dialog");
    await person.click(within(panel).getByLabelText("放进哪个旅程"));
    expect(screen.queryByText("个人的")).toBeNull();
    await person.click(await screen.findByText("日不落"));
    await person.click(within(panel).getByRole("button", { name: "放进去" }));
    expect(await within(panel).findByText("完成：2 个群在旅程中")).toBeTruthy();
    expect(api.of("POST journeys/7/enroll-groups")[0]?.body).toEqual({ group_ids: [1, 2] });
  });

  it("tell of one group what helps only in the phase that is on", async () => {
    server();
    renderAt("/groups/1");
    const now = (await screen.findByRole("heading", { name: /激活期/ })).closest("section")!;
    expect(within(now).getByText(/抛一个人人能答的话题/)).toBeTruthy();
    const before = screen.getByRole("heading", { name: /建群期/ }).closest("section")!;
    expect(within(before).queryByText(/抛一个人人能答的话题/)).toBeNull();
    expect(within(before).getByText("还没有数据")).toBeTruthy();
    expect(await screen.findByText("这个群还没有进过旅程")).toBeTruthy();
  });
});

describe("a measure", () => {
  it.each([
    [0, "0%"],
    [0.056, "5.6%"],
    [0.05, "5%"],
    [0.5, "50%"],
    [1, "100%"],
  ])("%f is read as %s", (share, text) => expect(percent(share)).toBe(text));

  it("is a dash while nothing tells it, and an amount as it is", () => {
    expect(valueText({ value: null, unit: "share" })).toBe("—");
    expect(valueText({ value: 1234.5, unit: "amount" })).toBe("1,234.5");
  });
});
