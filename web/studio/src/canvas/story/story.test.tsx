import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import type { Enrollment, Message } from "@/api/types";
import { fakeApi, page, session } from "@/test/fakeApi";

import type { Crumb } from "../api";
import { Camera, CameraContext } from "../flow/camera";
import "../i18n";
import { PeoplePanel } from "../panels/PeoplePanel";
import { useCanvas } from "../store";
import { beauty } from "../testing/journeys";
import { openFor, show } from "../testing/show";
import { chaptersOf, sawOf, stopsOf, valueText } from "./lines";
import { useStops } from "./stops";

const at = (day: number) => `2026-03-0${day}T02:00:00+00:00`;
const crumb = (part: Partial<Crumb>): Crumb => ({
  at: at(2),
  op: "step",
  stage: "trust",
  stage_name: "T+0 建信任",
  step: null,
  step_name: null,
  exit: null,
  arrow: null,
  detail: null,
  ...part,
});
const message = (part: Partial<Message>): Message =>
  ({
    id: 1,
    journey_id: 1,
    enrollment_id: 7,
    contact_id: 3,
    group_id: null,
    step: "welcome",
    carrier: "wecom_direct",
    content: "welcome-beauty",
    status: "delivered",
    reason: null,
    rendered: { text: "林小满，你好" },
    due_at: at(2),
    sent_at: at(2),
    ...part,
  }) as Message;

const trail: Crumb[] = [
  crumb({ op: "open", stage: null, stage_name: null, detail: { entry: "in-1" } }),
  crumb({ op: "stage" }),
  crumb({ op: "hold", step: "welcome", step_name: "1v1 欢迎语", detail: { because: "quiet-hours" } }),
  crumb({ step: "welcome", step_name: "1v1 欢迎语", exit: "sent", at: at(3) }),
  crumb({ op: "stage", stage: "bought", stage_name: "已购复购", arrow: "a2", at: at(4) }),
  crumb({ stage: "bought", step: "day7", step_name: "T+7", exit: "next", at: at(5) }),
  crumb({ stage: "bought", step: "day7", step_name: "T+7", exit: "next", at: at(6) }),
];

describe("the story", () => {
  it("has a chapter for each stage, and no line that its head has said already", () => {
    const chapters = chaptersOf(trail, []);
    expect(chapters.map((chapter) => [chapter.name, chapter.lines.length])).toEqual([
      ["", 0],
      ["T+0 建信任", 2],
      ["已购复购", 3],
    ]);
  });

  it("puts each message under the step that sent it, once", () => {
    const messages = [message({ id: 1, due_at: at(3) }), message({ id: 2, step: "day7", due_at: at(6) })];
    const lines = chaptersOf(trail, messages).flatMap((chapter) => chapter.lines);
    const found = lines.flatMap((line) => line.messages.map((one) => [line.crumb.at, one.id]));
    expect(found).toEqual([
      [at(3), 1],
      [at(6), 2],
    ]);
  });

  it("numbers the stops of the way, of several visits the last", () => {
    const stops = stopsOf(trail);
    expect(stops.get("welcome")).toEqual({ n: 1, at: at(3), visits: 1 });
    expect(stops.get("day7")).toEqual({ n: 3, at: at(6), visits: 2 });
  });

  it("shows what the rules saw, also where only the values were kept", () => {
    const [seen] = sawOf(crumb({ detail: { saw: { "attribute.city": "上海" } } }));
    expect(seen).toMatchObject({ field: "attribute.city", saw: "上海", held: null });
    expect(sawOf(crumb({}))).toEqual([]);
    expect([null, "", [], ["a", 1], { b: 1 }, false].map(valueText)).toEqual([
      "—",
      "—",
      "—",
      "a、1",
      '{"b":1}',
      "false",
    ]);
  });
});

const person = (part: Partial<Enrollment> = {}): Enrollment => ({
  id: 7,
  journey_id: 1,
  journey_name: "美妆新客旅程",
  version: 3,
  contact_id: 3,
  group_id: null,
  contact_name: "林小满",
  status: "waiting",
  stage: "bought",
  stage_name: "已购复购",
  step: "day7",
  step_name: "T+7",
  result: null,
  entered_at: at(2),
  ended_at: null,
  since: at(4),
  next_at: at(9),
  waiting_for: { zh: "等到 2026-03-09 20:00。", en: "Waits" },
  moved_by: null,
  ...part,
});

const numbers = {
  number: 3,
  published_at: at(1),
  entered: 9,
  inside: 9,
  ended: {},
  goals: {},
  messages: {},
  nodes: { day7: { here: 2400, passed: 1 } },
  exits: {},
  arrows: {},
};

function server(people: Enrollment[], more: Parameters<typeof fakeApi>[0] = {}) {
  const stopped = people.filter((one) => one.status === "stopped");
  return fakeApi({
    "GET session": session,
    "GET journeys/1/versions": page([
      { id: 1, number: 3, digest: "", published_at: at(1), published_by: "" },
    ]),
    "GET journeys/1/versions/3": { number: 3, definition: beauty() },
    "GET journeys/1/compare": { versions: [numbers] },
    "GET journeys/1/enrollments": ({ query }) => page(query.get("status") ? stopped : people, "more"),
    "GET enrollments/7": people[0] ?? person(),
    "GET enrollments/7/history": page(trail),
    "GET messages": page([message({ due_at: at(3) })]),
    ...more,
  });
}

const panel = () =>
  show(
    <CameraContext value={new Camera()}>
      <PeoplePanel />
    </CameraContext>,
  );

beforeEach(() => {
  openFor(beauty());
  useCanvas.getState().showPeople("day7");
});

describe("the people at a step", () => {
  it("tells one's story with its way on the canvas, and takes it off again", async () => {
    server([person()]);
    panel();
    await userEvent.click(await screen.findByRole("button", { name: /林小满/ }));
    expect(await screen.findByText("林小满，你好")).toBeTruthy();
    expect(screen.getByText("客户当地正是免打扰时段")).toBeTruthy();
    expect(useCanvas.getState().way?.at).toBe("day7");
    expect(useStops.getState().stops.get("welcome")?.n).toBe(1);
    await userEvent.click(screen.getByRole("button", { name: /返回名单/ }));
    expect(useCanvas.getState().way).toBeNull();
    expect(useStops.getState().stops.size).toBe(0);
  });

  it("asks before an act, and says what the server would not do", async () => {
    const api = server([person()], {
      "POST enrollments/7/skip": () => ({ status: 409, body: { detail: "这个人已经离开旅程了。" } }),
    });
    panel();
    await userEvent.click(await screen.findByRole("button", { name: /林小满/ }));
    await userEvent.click(await screen.findByRole("button", { name: "跳过这一步" }));
    const question = await screen.findByRole("dialog");
    expect(api.of("POST enrollments/7/skip")).toEqual([]);
    await userEvent.click(within(question).getByRole("button", { name: "跳过" }));
    expect((await screen.findByRole("alert")).textContent).toContain("已经离开");
  });

  it("lets those who stopped by an error try again, all at once", async () => {
    const api = server([person({ status: "stopped", waiting_for: null })], {
      "POST journeys/1/enrollments/retry": { accepted: 1, on_resuming: false, errors: [] },
    });
    panel();
    await userEvent.click(await screen.findByRole("button", { name: "重试停下的" }));
    const question = await screen.findByRole("dialog");
    await userEvent.click(within(question).getByRole("button", { name: "重试" }));
    await waitFor(() => expect(api.of("POST journeys/1/enrollments/retry")).toHaveLength(1));
    expect(api.of("POST journeys/1/enrollments/retry")[0]?.body).toEqual({
      where: { step: "day7", status: "stopped" },
    });
  });

  it("wants the number typed when all exit and they are many", async () => {
    const api = server([person()], {
      "POST journeys/1/enrollments/exit": { accepted: 2400, on_resuming: false, errors: [] },
    });
    panel();
    expect(await screen.findByText("2,400")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "都退出" }));
    const question = await screen.findByRole("dialog");
    const go = within(question).getByRole<HTMLButtonElement>("button", { name: "退出" });
    expect(go.disabled).toBe(true);
    await userEvent.type(within(question).getByRole("textbox"), "2400");
    await userEvent.click(go);
    await waitFor(() => expect(api.of("POST journeys/1/enrollments/exit")).toHaveLength(1));
    expect(api.of("POST journeys/1/enrollments/exit")[0]?.body).toEqual({
      where: { step: "day7" },
      confirm: 2400,
    });
  });

  it("offers no acts to those who may only look", async () => {
    openFor(beauty(), undefined, true);
    useCanvas.getState().showPeople("day7");
    server([person()]);
    panel();
    await userEvent.click(await screen.findByRole("button", { name: /林小满/ }));
    expect(await screen.findByText("为什么在这里")).toBeTruthy();
    expect(screen.queryByRole("group", { name: "手动操作" })).toBeNull();
  });
});
