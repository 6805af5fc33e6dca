import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const task = {
  id: 1,
  title: "回访",
  instructions: "",
  words: [],
  why: { zh: "手动安排", en: "Asked for by hand" },
  state: "assigned",
  open: true,
  overdue: false,
  results: [{ exit: "sent", name: "已发送" }],
  given_at: "2026-03-02T02:00:00+00:00",
  due_at: null,
  closed_at: null,
  team: "顾问",
  staff_id: 7,
  staff_name: "艾米",
  escalated: false,
  reminded: 0,
  journey_id: null,
  journey_name: "",
  contact_id: null,
  contact_name: "",
  group_id: null,
  group_name: "",
  phone: "",
  result: "",
  note: "",
  reason: "",
  history: [],
};

function dayOf(staff: number | null, paused: { guard: string; since: string } | null) {
  const one = { ...task, staff_id: staff };
  const customer = {
    contact_id: null,
    group_id: null,
    name: "",
    phone: "",
    levels: [],
    value: 0,
    due_at: null,
    overdue: false,
    tasks: [one],
  };
  return {
    date: "2026-03-02",
    person: { id: 7, name: "艾米", team: "顾问" },
    paused,
    open: 1,
    overdue: 0,
    done_today: 0,
    customers: [customer],
  };
}

const PAUSED = { guard: "被删过多", since: "2026-03-02T01:00:00+00:00" };

function open(staff: number | null, paused: typeof PAUSED | null) {
  fakeApi({
    "GET session": session,
    "GET tasks/day": dayOf(staff, paused),
    "GET tasks/1/scripts": page([]),
  });
  renderAt("/tasks");
}

describe("the day of somebody whom a guard has paused", () => {
  it("says why nothing comes, and lets nothing of the team be taken", async () => {
    open(null, PAUSED);
    expect(await screen.findByText(/守护“被删过多”暂停了派新任务/)).toBeTruthy();
    expect(screen.getByText(/这件是团队的，暂时不能领/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "已发送" })).toHaveProperty("disabled", true);
    expect(screen.getByRole("button", { name: "转交" })).toHaveProperty("disabled", false);
  });

  it("leaves one's own tasks as they are", async () => {
    open(7, PAUSED);
    expect(await screen.findByRole("button", { name: "已发送" })).toHaveProperty("disabled", false);
  });

  it("says nothing where no guard is against it", async () => {
    open(null, null);
    expect(await screen.findByRole("button", { name: "已发送" })).toHaveProperty("disabled", false);
    expect(screen.queryByText(/暂停了派新任务/)).toBeNull();
  });
});
