import { afterEach, describe, expect, it, vi } from "vitest";

import { fakeApi } from "@/test/fakeApi";

import { address, ask, setApiLanguage, setCsrf, whenSignedOut } from "./client";
import { ApiProblem, Unreachable } from "./problem";

const problemOf = (asking: Promise<unknown>) =>
  asking.then(
    () => null,
    (problem: unknown) => problem,
  );

afterEach(() => {
  setCsrf(null);
  setApiLanguage("zh");
});

describe("asking the API", () => {
  it("tells the language on every call and the token on writes only", async () => {
    const api = fakeApi({ "GET journeys": {}, "POST journeys": {} });
    setCsrf("secret");
    setApiLanguage("en");
    await ask("journeys");
    await ask("journeys", { method: "POST", body: { name: "x" } });
    const [read, write] = api.asked;
    expect(read?.headers.get("accept-language")).toBe("en");
    expect(read?.headers.get("x-csrf-token")).toBeNull();
    expect(write?.headers.get("x-csrf-token")).toBe("secret");
    expect(write?.body).toEqual({ name: "x" });
  });

  it("leaves what was not asked for out of the address", () => {
    expect(address("contacts", { q: "", cursor: null, limit: 20 })).toBe("/api/v1/contacts?limit=20");
  });

  it("gives a refusal as a problem with its sentence, code, places and wait", async () => {
    const body = {
      detail: "名称不能为空。",
      code: "invalid",
      errors: [{ path: "name", message: "必填" }, "noise"],
      request_id: "r-1",
    };
    fakeApi({ "POST journeys": () => ({ status: 422, body, headers: { "retry-after": "30" } }) });
    const problem = (await problemOf(ask("journeys", { method: "POST", body: {} }))) as ApiProblem;
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem.message).toBe("名称不能为空。");
    expect(problem.code).toBe("invalid");
    expect(problem.entries).toEqual([{ path: "name", message: "必填" }]);
    expect(problem.requestId).toBe("r-1");
    expect(problem.retryAfter).toBe(30);
  });

  it("says so when the server forgot the visitor, but not when the sign-in itself was refused", async () => {
    fakeApi({
      "GET journeys": () => ({ status: 401, body: {} }),
      "POST session": () => ({ status: 401, body: {} }),
    });
    const forgot = vi.fn();
    whenSignedOut(forgot);
    await problemOf(ask("session", { method: "POST", body: {} }));
    expect(forgot).not.toHaveBeenCalled();
    await problemOf(ask("journeys"));
    expect(forgot).toHaveBeenCalledOnce();
  });

  it("tells an unreachable server from a refusal", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await problemOf(ask("journeys"))).toBeInstanceOf(Unreachable);
  });

  it("gives nothing for an answer without a body", async () => {
    fakeApi({ "DELETE session": () => ({ status: 204, body: null }) });
    expect(await ask("session", { method: "DELETE" })).toBeUndefined();
  });
});
