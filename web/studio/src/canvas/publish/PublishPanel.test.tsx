import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import type { Diff, Group, Move, MovePreview } from "@/api/changing";
import { fakeApi, page, session } from "@/test/fakeApi";

import "../i18n";
import { applyAll } from "../model/commands";
import { useCanvas } from "../store";
import { beauty } from "../testing/journeys";
import { liveJourney, openFor, show } from "../testing/show";
import { useMarks } from "./marks";
import { PublishPanel } from "./PublishPanel";
import { useReview } from "./review";
import { openPublishing } from "./store";

const before = beauty();
const draft = applyAll(before, [{ do: "remove", ids: ["recommend"] }]);

const diff: Diff = {
  from: { number: 3, label: { zh: "第 3 版", en: "Version 3" } },
  to: { number: null, label: { zh: "草稿", en: "Draft" } },
  changes: [
    {
      node: "recommend",
      what: "step",
      change: "removed",
      name: "推荐",
      words: { zh: "删除步骤「推荐」", en: "Step removed" },
      fields: [],
      part_of: null,
    },
  ],
  counts: { added: 0, removed: 1, changed: 0, moved: 0 },
  same_meaning: false,
  definitions: { from: { ...before }, to: { ...draft } },
};

const run = {
  messages_first_hour: 2,
  messages: 30,
  late: 0,
  held: {},
  refused: {},
  ended: {},
  per_day: [1, 2],
};
const previewFor = (groups: Group[] | undefined, many = false): MovePreview => {
  const group = groups?.[0] ?? { version: 3, mode: "stay" as const, targets: {} };
  const moves = group.mode !== "stay";
  const place = { stage: "bought", stage_name: "已购复购", kind: "send", target_name: null };
  return {
    to: diff.to,
    people: moves ? 60 : 0,
    needs_confirm: moves && many,
    groups: [
      {
        version: 3,
        inside: 60,
        mode: group.mode,
        places: [
          { ...place, place: "recommend", step: "recommend", step_name: "推荐", here: 9, kept: false, changed: false, target: null, suggestion: "bought" }, // prettier-ignore
          { ...place, place: "day7", step: "day7", step_name: "T+7", here: 51, kept: true, changed: true, target: null, suggestion: null }, // prettier-ignore
        ],
        missing: [],
      },
    ],
    before: { recommend: 9, day7: 51 },
    after: moves ? { bought: 9, day7: 51 } : { recommend: 9, day7: 51 },
    dry_run: { sample: 60, of: 60, days: 7, stay: run, move: { ...run, messages: 44 } },
    problems: [],
  };
};

const move = (change: Partial<Move> = {}): Move => ({
  id: 5,
  from_version: 3,
  to_version: 4,
  mode: "move",
  state: "running",
  total: 60,
  moved: 20,
  left: 40,
  back: false,
  by: "account:1",
  at: "2026-11-02T00:00:00+00:00",
  ended_at: null,
  undoable: true,
  ...change,
});

function server(many = false, more: Parameters<typeof fakeApi>[0] = {}) {
  return fakeApi({
    "GET session": session,
    "GET members": page([]),
    "GET api-keys": page([]),
    "GET carriers": page([]),
    "GET journeys/1": liveJourney({ live_version: { number: 4, published_at: "" } }),
    "GET journeys/1/diff": diff,
    "GET journeys/1/moves": page([move()]),
    "POST journeys/1/move/preview": ({ body }) => previewFor((body as { groups?: Group[] }).groups, many),
    "POST journeys/1/publish": { version: 4, new: true, problems: [], moves: [move()] },
    ...more,
  });
}

beforeEach(() => {
  localStorage.clear();
  openFor(draft);
  openPublishing();
});

describe("publishing over people", () => {
  it("says what changes, marks it on the canvas, and draws what is gone as a ghost", async () => {
    server();
    const { unmount } = show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("button", { name: /删除步骤「推荐」/ }));
    expect(useMarks.getState()).toMatchObject({ at: "recommend" });
    expect(useMarks.getState().marks.get("recommend")).toBe("removed");
    expect(useReview.getState().against?.steps.map((step) => step.id)).toContain("recommend");
    unmount();
    expect(useMarks.getState().marks.size).toBe(0);
    expect(useReview.getState().against).toBeNull();
  });

  it("lets everybody stay unless somebody chooses otherwise", async () => {
    const api = server();
    show(<PublishPanel />);
    await screen.findByRole("radio", { name: /^留在 v3/ });
    await userEvent.click(screen.getByRole("button", { name: "发布 v4" }));
    await waitFor(() => expect(api.of("POST journeys/1/publish")).toHaveLength(1));
    expect(api.of("POST journeys/1/publish")[0]?.body).toEqual({
      revision: 4,
      inside: [{ version: 3, mode: "stay", targets: { recommend: "bought" } }],
    });
  });

  it("moves with the suggested targets, and shows how far the move has come", async () => {
    const api = server();
    show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("radio", { name: /^移到 v4 ?站/ }));
    await waitFor(() => expect(useReview.getState().counts?.after).toEqual({ bought: 9, day7: 51 }));
    const beside = screen.getByRole("region", { name: "如果按上面移动" });
    expect(beside.textContent).toContain("44＋14");
    await userEvent.click(await screen.findByRole("button", { name: "发布 v4 并移动 60 人" }));
    await screen.findByText(/已处理 20 \/ 60 人/);
    expect(api.of("POST journeys/1/publish")[0]?.body).toMatchObject({
      inside: [{ version: 3, mode: "move", targets: { recommend: "bought" } }],
      confirm: 60,
    });
  });

  it("moves nobody from a place that leads nowhere", async () => {
    server(false, {
      "POST journeys/1/move/preview": ({ body }) => {
        const answer = previewFor((body as { groups?: Group[] }).groups);
        answer.groups[0]!.places[0]!.suggestion = null;
        return answer;
      },
    });
    show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("radio", { name: /^移到 v4 ?站/ }));
    expect(await screen.findByText("请选一个去向，才能移动。")).toBeTruthy();
    const go = screen.getByRole<HTMLButtonElement>("button", { name: /^发布 v4/ });
    expect(go.disabled).toBe(true);
  });

  it("asks for the number of people when they are many", async () => {
    server(true);
    show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("radio", { name: /重新计算等待/ }));
    const number = await screen.findByLabelText(/请输入人数确认/);
    const go = screen.getByRole<HTMLButtonElement>("button", { name: /并移动 60 人/ });
    expect(go.disabled).toBe(true);
    await userEvent.type(number, "60");
    expect(go.disabled).toBe(false);
  });

  it("keeps what was chosen and says what to do when the server refuses", async () => {
    server(false, {
      "POST journeys/1/publish": () => ({
        status: 409,
        body: { code: "confirm-needed", detail: "人数变了，请再确认一次。", people: 70 },
      }),
    });
    show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("radio", { name: /^移到 v4 ?站/ }));
    await userEvent.click(await screen.findByRole("button", { name: "发布 v4 并移动 60 人" }));
    expect((await screen.findByRole("alert")).textContent).toContain("人数变了");
    expect(screen.getByRole<HTMLInputElement>("radio", { name: /^移到 v4 ?站/ }).checked).toBe(true);
  });

  it("does not publish what means the same", async () => {
    server(false, { "GET journeys/1/diff": { ...diff, changes: [], same_meaning: true } });
    show(<PublishPanel />);
    expect(await screen.findByText(/意思完全一样/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "发布 v4" }).disabled).toBe(true);
  });

  it("publishes for the first time without asking about anybody", async () => {
    openFor(draft, liveJourney({ status: "draft", live_version: null, inside: 0 }));
    const api = server(false, {
      "POST journeys/1/publish": { version: 1, new: true, problems: [], moves: [] },
    });
    show(<PublishPanel />);
    expect(api.of("GET journeys/1/diff")).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "发布 v1" }));
    await waitFor(() => expect(api.of("POST journeys/1/publish")).toHaveLength(1));
    expect(api.of("POST journeys/1/publish")[0]?.body).toEqual({ revision: 4 });
    await waitFor(() => expect(useCanvas.getState().side).toBeNull());
  });

  it("goes back in one click, naming the number of people", async () => {
    const done = move({ state: "done", moved: 58, left: 2 });
    const api = server(false, {
      "GET journeys/1/moves": page([done]),
      "POST journeys/1/publish": { version: 4, new: true, problems: [], moves: [done] },
      "POST journeys/1/rollback": { version: 3, moves: [] },
    });
    show(<PublishPanel />);
    await userEvent.click(await screen.findByRole("radio", { name: /^移到 v4 ?站/ }));
    await userEvent.click(await screen.findByRole("button", { name: "发布 v4 并移动 60 人" }));
    expect(await screen.findByText(/完成，移动了 58 人/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "退回 v3" }));
    const question = await screen.findByRole("dialog");
    expect(question.textContent).toContain("58 人回到原来的位置");
    await userEvent.click(within(question).getByRole("button", { name: "退回 v3" }));
    await waitFor(() => expect(api.of("POST journeys/1/rollback")).toHaveLength(1));
    expect(api.of("POST journeys/1/rollback")[0]?.body).toEqual({ to: 3, people: "back", confirm: 58 });
  });
});
