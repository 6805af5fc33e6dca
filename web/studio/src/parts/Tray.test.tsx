import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";

import { newQueries } from "@/api/queries";
import type { Work } from "@/api/work";
import { fakeApi, session } from "@/test/fakeApi";

import { Tray } from "./Tray";
import { useTray } from "./trayStore";

const work = (part: Partial<Work> = {}): Work => ({
  kind: "move",
  id: 5,
  name: "美妆新客旅程",
  journey_id: 1,
  state: "running",
  running: true,
  done: 20,
  total: 80,
  back: false,
  at: "2026-03-02T02:00:00+00:00",
  ...part,
});

function server(items: Work[], role: "editor" | "viewer" = "editor") {
  const as = { ...session, workspace: { ...session.workspace, role } };
  return fakeApi({ "GET session": as, "GET work": { items } });
}

const show = (on: "rail" | "canvas") =>
  render(
    <MemoryRouter>
      <QueryClientProvider client={newQueries()}>
        <Tray on={on} />
      </QueryClientProvider>
    </MemoryRouter>,
  );

beforeEach(() => {
  localStorage.clear();
  useTray.setState({ away: [] });
});

describe("the tray", () => {
  it("shows work that was begun in another browser", async () => {
    server([work(), work({ kind: "import", id: 5, name: "客户.csv", journey_id: null, done: 3, total: 4 })]);
    show("rail");
    const move = await screen.findByRole("link", { name: /换版本 · 美妆新客旅程/ });
    expect(move.getAttribute("href")).toBe("/journeys/1?panel=versions");
    expect(move.textContent).toContain("25%");
    expect(screen.getByRole("link", { name: /客户\.csv/ }).textContent).toContain("75%");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("keeps what has ended until it is put away, also after the page was left", async () => {
    server([work({ state: "done", running: false, done: 80 }), work({ id: 6, name: "母婴", back: true })]);
    const { unmount } = show("canvas");
    expect((await screen.findByText("80 人完成")).closest("a")).not.toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "收起“美妆新客旅程”" }));
    expect(screen.queryByText("80 人完成")).toBeNull();
    expect(screen.getByText("退回 · 母婴")).not.toBeNull();
    unmount();
    useTray.setState({ away: JSON.parse(localStorage.getItem("roadbook.tray.away")!) as string[] });
    show("canvas");
    await screen.findByText("退回 · 母婴");
    expect(screen.queryByText("80 人完成")).toBeNull();
  });

  it("is not there for those who may only look, and asks nothing for them", async () => {
    const api = server([work()], "viewer");
    show("rail");
    await waitFor(() => expect(api.of("GET session").length).toBeGreaterThan(0));
    expect(screen.queryByRole("list")).toBeNull();
    expect(api.of("GET work")).toEqual([]);
  });
});
