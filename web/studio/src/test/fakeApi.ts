import { vi } from "vitest";

import type { Session } from "@/api/types";

interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

interface Said {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Answer = object | null | ((asked: Asked) => object | null | Said);

const isSaid = (answer: unknown): answer is Said =>
  typeof answer === "object" &&
  answer !== null &&
  "body" in answer &&
  "status" in answer &&
  // A material has both as well; its status is a word.
  typeof answer.status === "number";

/** Stands in for the server: answers by "METHOD path", keeps what it was asked, and refuses the rest with 404. */
export function fakeApi(answers: Record<string, Answer>) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, "http://studio.test");
    const one: Asked = {
      method: init.method ?? "GET",
      path: url.pathname.replace("/api/v1/", ""),
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : init.body,
    };
    asked.push(one);
    const answer = answers[`${one.method} ${one.path}`];
    const said = typeof answer === "function" ? answer(one) : answer;
    if (said === undefined) return respond({ status: 404, body: { detail: `no ${one.method} ${one.path}` } });
    return respond(isSaid(said) ? said : { status: 200, body: said });
  });
  return { asked, of: (call: string) => asked.filter((one) => `${one.method} ${one.path}` === call) };
}

function respond({ status = 200, body, headers = {} }: Said): Response {
  if (status === 204) return new Response(null, { status });
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "content-type": type, ...headers } });
}

export const workspace = {
  id: 1,
  name: "我的品牌",
  slug: "main",
  role: "owner",
  timezone: "Asia/Shanghai",
} as const;

export const session: Session = {
  account: { id: 1, email: "owner@example.com", name: "林小路" },
  workspaces: [workspace],
  workspace,
  csrf: "token-of-the-session",
};

export const page = (items: object[], next: string | null = null) => ({ items, next });
