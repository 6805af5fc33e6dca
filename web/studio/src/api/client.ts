import { ApiProblem, Unreachable } from "./problem";

const BASE = "/api/v1";

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Query;
  body?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let language = "zh";
let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

export function setApiLanguage(next: "zh" | "en"): void {
  language = next;
}

/** The token that every write carries; it comes with the session. */
export function setCsrf(token: string | null): void {
  csrf = token;
}

/** What to do when the server no longer knows the visitor (any 401 but the sign-in's own). */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** Ask the API and give the parsed answer; `undefined` for an answer without a body.
 *  Throws ApiProblem when the server refuses, Unreachable when it cannot be asked. */
export async function ask<T>(path: string, call: Call = {}): Promise<T> {
  const answer = await send(path, call);
  if (answer.status === 204) return undefined as T;
  const type = answer.headers.get("content-type") ?? "";
  return (type.includes("json") ? await answer.json() : await answer.text()) as T;
}

/** As `ask`, with the answer's headers beside it (a draft's ETag, a download's name). */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const answer = await fetch(address(path, call.query), {
    method: call.method ?? "GET",
    headers: headers(call),
    body: call.form ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
    credentials: "same-origin",
    signal: call.signal,
  }).catch((cause: unknown) => {
    if (call.signal?.aborted) throw cause;
    throw new Unreachable(cause);
  });
  if (!answer.ok) throw await refusal(path, answer);
  return answer;
}

/** The address of an API resource, for links that the browser follows itself. */
export function address(path: string, query: Query = {}): string {
  const asked = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return `${BASE}/${path}${search && `?${search}`}`;
}

function headers(call: Call): Record<string, string> {
  const writes = call.method !== undefined && call.method !== "GET";
  return {
    Accept: "application/json, application/problem+json",
    "Accept-Language": language,
    ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(writes && csrf ? { "X-CSRF-Token": csrf } : {}),
    ...call.headers,
  };
}

async function refusal(path: string, answer: Response): Promise<ApiProblem> {
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (answer.status === 401 && path !== "session") onSignedOut();
  const seconds = Number(answer.headers.get("retry-after"));
  return new ApiProblem(answer.status, body, Number.isFinite(seconds) && seconds > 0 ? seconds : null);
}
