import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Journey } from "@/api/types";

import { readBackup, saveNow, startAutosave } from "./autosave";
import { choose, settle, useMeeting } from "./conflict/meeting";
import { merge } from "./conflict/merge";
import { complete } from "./model/definition";
import { definitionNow, openJourney, useCanvas } from "./store";
import { beauty } from "./testing/journeys";

const journey = {
  id: 7,
  key: "k",
  name: "n",
  status: "draft",
  revision: 3,
  live_version: null,
  inside: 0,
  created_at: "",
  updated_at: "",
} as Journey;
const open = (readOnly = false) =>
  openJourney(
    journey,
    { revision: 3, definition: beauty() as never, updated_at: "", updated_by: "" },
    readOnly,
  );
const edit = (name: string) => useCanvas.getState().run({ do: "rename", id: "trust", name });
const answer = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

let stop: () => void = () => undefined;
let server: ReturnType<typeof vi.fn>;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = vi.fn(() => Promise.resolve(answer(200, { revision: 4 })));
  vi.stubGlobal("fetch", server);
  open();
  stop = startAutosave();
});
afterEach(() => {
  server.mockImplementation(() => Promise.resolve(answer(200, { revision: 99 })));
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sent = (n: number) =>
  JSON.parse((server.mock.calls[n] as [string, RequestInit])[1].body as string) as { definition: unknown };
const header = (n: number) =>
  (server.mock.calls[n] as [string, RequestInit])[1].headers as Record<string, string>;

describe("autosave", () => {
  it("saves once after a pause, with the revision it stands on", async () => {
    edit("一");
    edit("二");
    expect(useCanvas.getState().save.is).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1000);
    expect(server).toHaveBeenCalledTimes(1);
    expect(header(0)["If-Match"]).toBe('"3"');
    expect(complete(sent(0).definition as never).stages[0]!.name).toBe("二");
    expect(useCanvas.getState()).toMatchObject({ revision: 4, save: { is: "saved" } });
  });

  it("keeps what is not saved in the browser, and forgets it once it is", async () => {
    edit("一");
    await vi.advanceTimersByTimeAsync(300);
    expect(readBackup(7)).toMatchObject({ revision: 3 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(readBackup(7)).toBeNull();
  });

  it("says that it is offline, keeps the work, and saves when the server is back", async () => {
    server.mockImplementation(() => Promise.reject(new TypeError("no network")));
    edit("一");
    await vi.advanceTimersByTimeAsync(1500);
    expect(useCanvas.getState().save.is).toBe("offline");
    expect(readBackup(7)).not.toBeNull();
    server.mockImplementation(() => Promise.resolve(answer(200, { revision: 4 })));
    await vi.advanceTimersByTimeAsync(6000);
    expect(useCanvas.getState().save.is).toBe("saved");
  });

  it("stops at a conflict and overwrites nobody", async () => {
    server.mockImplementation(() => Promise.resolve(answer(409, { code: "draft-moved", theirs: 9 })));
    edit("一");
    await vi.advanceTimersByTimeAsync(1500);
    expect(useCanvas.getState().save).toEqual({ is: "conflict", revision: 9 });
    const calls = server.mock.calls.length;
    edit("二");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.mock.calls.length).toBe(calls);
  });

  it("merges what somebody else saved into what is drawn here, and saves both", async () => {
    const theirs = beauty();
    theirs.stages[1]!.name = "她改的";
    server.mockImplementation((_address: string, init: RequestInit) => {
      if (init.method !== "PUT") return Promise.resolve(answer(200, { revision: 9, definition: theirs }));
      const based = (init.headers as Record<string, string>)["If-Match"];
      return Promise.resolve(
        based === '"9"' ? answer(200, { revision: 10 }) : answer(409, { code: "draft-moved", theirs: 9 }),
      );
    });
    edit("一");
    await vi.advanceTimersByTimeAsync(4000);
    expect(useCanvas.getState()).toMatchObject({ revision: 10, save: { is: "saved" } });
    expect(
      definitionNow()
        .stages.map((stage) => stage.name)
        .slice(0, 2),
    ).toEqual(["一", "她改的"]);
    expect(useCanvas.getState().notice).toMatchObject({ key: "conflict.merged", values: { count: 1 } });
    useCanvas.getState().undo();
    expect(definitionNow().stages[1]!.name).toBe(beauty().stages[1]!.name);
  });

  it("asks when both changed the same, keeps drawing safe meanwhile, and saves what is chosen", async () => {
    const theirs = beauty();
    theirs.stages[0]!.name = "她改的";
    server.mockImplementation((_address: string, init: RequestInit) => {
      if (init.method !== "PUT") return Promise.resolve(answer(200, { revision: 9, definition: theirs }));
      const based = (init.headers as Record<string, string>)["If-Match"];
      return Promise.resolve(based === '"9"' ? answer(200, { revision: 10 }) : answer(409, {}));
    });
    edit("一");
    await vi.advanceTimersByTimeAsync(4000);
    expect(useCanvas.getState().save.is).toBe("conflict");
    expect(useMeeting.getState().open).toBe(true);
    expect(readBackup(7)?.definition.stages[0]!.name).toBe("一");
    choose("trust", "theirs");
    const { base, theirs: newer } = useMeeting.getState();
    settle(merge(base!, newer!.definition, definitionNow()));
    await vi.advanceTimersByTimeAsync(4000);
    expect(definitionNow().stages[0]!.name).toBe("她改的");
    expect(useCanvas.getState()).toMatchObject({ revision: 10, save: { is: "saved" } });
    expect(readBackup(7)).toBeNull();
  });

  it("keeps beside the work what it was begun from, so that it can be merged after a reload", async () => {
    server.mockImplementation(() => Promise.reject(new TypeError("no network")));
    edit("一");
    await vi.advanceTimersByTimeAsync(1500);
    expect(readBackup(7)?.base?.stages[0]!.name).toBe("T+0 建信任");
  });

  it("tells what the server would not take, and tries again after the next edit", async () => {
    server.mockImplementation(() =>
      Promise.resolve(
        answer(422, { code: "invalid", detail: "no", errors: [{ path: "stages[0].name", message: "太长" }] }),
      ),
    );
    edit("一");
    await vi.advanceTimersByTimeAsync(1500);
    expect(useCanvas.getState().save).toEqual({ is: "refused", detail: "stages[0].name: 太长" });
    server.mockImplementation(() => Promise.resolve(answer(200, { revision: 4 })));
    edit("二");
    await vi.advanceTimersByTimeAsync(1500);
    expect(useCanvas.getState().save.is).toBe("saved");
  });

  it("saves what was typed while a save was under way", async () => {
    edit("一");
    let finish: (response: Response) => void = () => undefined;
    server.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
    const first = saveNow();
    edit("二");
    finish(answer(200, { revision: 4 }));
    await first;
    await vi.advanceTimersByTimeAsync(1500);
    expect(server).toHaveBeenCalledTimes(2);
    expect(header(1)["If-Match"]).toBe('"4"');
    expect(useCanvas.getState().stored).toBe(definitionNow());
  });

  it("never writes for those who may only look", async () => {
    open(true);
    edit("一");
    await vi.advanceTimersByTimeAsync(3000);
    expect(server).not.toHaveBeenCalled();
    expect(definitionNow().stages[0]!.name).toBe("T+0 建信任");
  });
});

describe("the store", () => {
  it("undoes and redoes, and keeps the selection to what is there", () => {
    const { run, undo, redo, select } = useCanvas.getState();
    run({ do: "addEnd", id: "end-1", name: "x", result: "lost" }, { select: ["end-1"] });
    expect(useCanvas.getState().selection).toEqual(["end-1"]);
    undo();
    expect(useCanvas.getState().selection).toEqual([]);
    redo();
    select(["end-1"]);
    expect(definitionNow().ends).toHaveLength(2);
  });

  it("says why an edit cannot be made and keeps the drawing", () => {
    const before = definitionNow();
    useCanvas.getState().run({ do: "reconnect", id: "a1", to: "nowhere" });
    expect(definitionNow()).toBe(before);
    expect(useCanvas.getState().notice?.key).toBe("notice.no-such-target");
  });

  it("pins each problem on its node and keeps unchanged lists as they are", () => {
    const problem = {
      code: "x",
      severity: "error" as const,
      node: "day7",
      path: "steps[2]",
      message: { zh: "错", en: "wrong" },
    };
    const { setProblems } = useCanvas.getState();
    setProblems([problem], definitionNow());
    const first = useCanvas.getState().problems.byNode.get("day7");
    setProblems([{ ...problem }, { ...problem, node: "trust", severity: "warning" }], definitionNow());
    expect(useCanvas.getState().problems.byNode.get("day7")).toBe(first);
    expect(useCanvas.getState().problems.counts).toEqual({ error: 1, warning: 1, info: 0 });
  });
});
