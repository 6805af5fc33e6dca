import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Journey } from "@/api/types";

import "../i18n";
import { en } from "../i18n/en";
import { panelsEn } from "../i18n/panels.en";
import { panelsZh } from "../i18n/panels.zh";
import { zh } from "../i18n/zh";
import { findStep } from "../model/lookup";
import { plainRule } from "../model/plainRule";
import { plainNames } from "../model/words/names";
import { definitionNow, openJourney, useCanvas } from "../store";
import { beauty } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { SidePanel } from "./SidePanel";

const journey = {
  id: 1,
  key: "k",
  name: "n",
  status: "draft",
  revision: 1,
  live_version: null,
  inside: 0,
  created_at: "",
  updated_at: "",
} as Journey;

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MemoryRouter>
      <QueryClientProvider client={client}>
        <App>
          <SidePanel />
        </App>
      </QueryClientProvider>
    </MemoryRouter>,
  );
}

beforeEach(() => {
  const empty = () =>
    Promise.resolve(
      new Response('{"items":[],"next":null}', { headers: { "content-type": "application/json" } }),
    );
  vi.stubGlobal("fetch", vi.fn(empty));
  useCanvas.getState().setWords(catalogue, plainNames("zh"));
  openJourney(journey, { revision: 1, definition: beauty() as never, updated_at: "", updated_by: "" }, false);
});

const config = (id: string) => findStep(definitionNow(), id)!.config;

describe("the step's panel", () => {
  it("draws the form of the kind and says the result in words", () => {
    useCanvas.getState().select(["day7"], true);
    show();
    expect(screen.getByText("等到")).toBeTruthy();
    expect(screen.getAllByText("最近一次支付订单后第 7 天 20:00").length).toBeGreaterThan(0);
    expect(screen.getByText("已经过了")).toBeTruthy();
  });

  it("writes what is typed, in one entry of the history", async () => {
    useCanvas.getState().select(["day7"], true);
    show();
    await userEvent.type(screen.getByLabelText("名称"), "第七天");
    expect(findStep(definitionNow(), "day7")!.name).toBe("第七天");
    expect(useCanvas.getState().history.past).toHaveLength(1);
  });

  it("turns a T+N wait into a wait for a while and keeps its clock", async () => {
    useCanvas.getState().select(["day7"], true);
    show();
    await userEvent.click(screen.getByText("等一段时间"));
    expect(config("day7").until).toEqual({ for: "P7D", at: "20:00" });
  });

  it("lists every exit with where it leads", () => {
    useCanvas.getState().select(["day7"], true);
    show();
    const exits = screen.getByText("出口去哪里").parentElement!;
    expect(within(exits).getByText("下一步")).toBeTruthy();
    expect(within(exits).getAllByText("（备用）")).toHaveLength(2);
  });

  it("adds a case with an exit of its own, and takes its arrow along when it goes", async () => {
    const { run, select } = useCanvas.getState();
    const rule = { combinator: "and", rules: [] };
    run({
      do: "addStep",
      id: "b",
      stage: "trust",
      kind: "branch",
      config: { rules: [{ exit: "yes", name: "会员", rule }] },
    });
    select(["b"], true);
    show();
    await userEvent.click(screen.getByText("＋ 再加一项"));
    expect(config("b").rules).toMatchObject([{ exit: "yes" }, { exit: "case-1" }]);
    run({ do: "connectExit", id: "a-9", from: "b", exit: "case-1", to: "lost" });
    await userEvent.click((await screen.findAllByLabelText("删除这一项"))[1]!);
    expect(config("b").rules).toMatchObject([{ exit: "yes" }]);
    expect(definitionNow().arrows.some((arrow) => arrow.id === "a-9")).toBe(false);
  });

  it("says when a kind is not known here, and keeps its settings", () => {
    const { run, select } = useCanvas.getState();
    run({ do: "addStep", id: "x", stage: "trust", kind: "fax", config: { to: "1" } });
    select(["x"], true);
    show();
    expect(screen.getByText(/没有“fax”这种步骤/)).toBeTruthy();
    expect(config("x")).toEqual({ to: "1" });
  });
});

describe("the stage's panel", () => {
  it("changes the order in which its arrows are asked", async () => {
    useCanvas.getState().select(["trust"], true);
    show();
    const [down] = screen.getAllByLabelText("下移");
    await userEvent.click(down!);
    const order = definitionNow().arrows.map((arrow) => arrow.id);
    expect(order.indexOf("a2")).toBeLessThan(order.indexOf("a1"));
  });

  it("takes the switch away rather than writing false", async () => {
    useCanvas.getState().select(["bought"], true);
    show();
    await userEvent.click(screen.getByLabelText("步骤走完后留在本阶段，等触发"));
    expect("stay" in definitionNow().stages[2]!).toBe(false);
  });
});

describe("the list of problems", () => {
  it("counts by severity, keeps remarks folded, and selects the node", async () => {
    const message = (text: string) => ({ zh: text, en: text });
    useCanvas.getState().setProblems(
      [
        { code: "a", severity: "info", node: "trust", path: "", message: message("顺便一提") },
        {
          code: "b",
          severity: "error",
          node: "day7",
          path: "steps[2].config.until",
          message: message("必须填写"),
        },
      ],
      definitionNow(),
    );
    useCanvas.getState().setSide("problems");
    show();
    expect(screen.getByText("1 条说明（不影响发布）")).toBeTruthy();
    fireEvent.click(screen.getByText(/必须填写/));
    await waitFor(() => expect(useCanvas.getState().selection).toEqual(["day7"]));
    expect(screen.getByText(/等到 ·/)).toBeTruthy();
  });
});

describe("settings and goals", () => {
  it("sets quiet hours of its own", async () => {
    useCanvas.getState().setSide("settings");
    show();
    await userEvent.click(screen.getByText("单独设置"));
    expect(definitionNow().settings.quiet_hours).toEqual(["22:00", "08:00"]);
  });

  it("adds and removes a goal", async () => {
    useCanvas.getState().setSide("goals");
    show();
    await userEvent.click(screen.getByText("＋ 加目标"));
    expect(definitionNow().goals).toHaveLength(2);
    await userEvent.click(screen.getAllByLabelText("删除")[0]!);
    expect(definitionNow().goals.map((goal) => goal.id)).toEqual(["g-1"]);
  });
});

describe("rules", () => {
  it("are stored without anything of the editor's own", () => {
    const edited = {
      id: "1",
      combinator: "and",
      not: false,
      rules: [
        { id: "2", field: "tags", operator: "has", value: "VIP", valueSource: "value", within: undefined },
      ],
    };
    expect(plainRule(edited as never)).toEqual({
      combinator: "and",
      rules: [{ field: "tags", operator: "has", value: "VIP" }],
    });
  });
});

describe("texts", () => {
  const placesOf = (texts: object): string[] =>
    JSON.stringify(texts)
      .match(/\{\{\w+\}\}/g)
      ?.sort() ?? [];
  const keysOf = (texts: object, path = ""): string[] =>
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string" ? [`${path}${key}`] : keysOf(value as object, `${path}${key}.`),
    );

  it("are complete in both languages, with the same places to fill in", () => {
    for (const [a, b] of [
      [zh, en],
      [panelsZh, panelsEn],
    ] as const) {
      expect(keysOf(b).sort()).toEqual(keysOf(a).sort());
      expect(placesOf(b)).toEqual(placesOf(a));
    }
  });
});
