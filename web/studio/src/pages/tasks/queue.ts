/** Results on their way: kept for five seconds so that they can be taken back, and for as long as there is no net. */
import { ask } from "@/api/client";
import { ApiProblem } from "@/api/problem";

export interface Waiting {
  /** Always the same for one result of one task: however often it is sent, it counts once. */
  key: string;
  task: number;
  act: "result" | "not-suitable";
  body: Record<string, unknown>;
  /** What is said of it beside the button that takes it back. */
  said: string;
  /** Not before this moment, in milliseconds. */
  after: number;
}

export const UNDO_MS = 5000;
const AGAIN_MS = 10_000;
const PLACE = "roadbook.tasks.waiting";

let waiting: Waiting[] = read();
let refused: string | null = null;
let sending = false;
let timer: number | undefined;
let onSent: () => void = () => undefined;
const hearers = new Set<() => void>();

function read(): Waiting[] {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "[]") as Waiting[];
  } catch {
    return [];
  }
}

function keep(next: Waiting[]): void {
  waiting = next;
  localStorage.setItem(PLACE, JSON.stringify(next));
  for (const hear of hearers) hear();
}

/** For useSyncExternalStore. */
export function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

export const snapshot = (): Waiting[] => waiting;
export const refusal = (): string | null => refused;

export function push(one: Omit<Waiting, "key" | "after">): void {
  refused = null;
  const key = `task-${one.task}-${one.act}-${typeof one.body.result === "string" ? one.body.result : "case"}`;
  keep([...waiting.filter((other) => other.task !== one.task), { ...one, key, after: Date.now() + UNDO_MS }]);
  plan(UNDO_MS);
}

export function undo(key: string): void {
  keep(waiting.filter((one) => one.key !== key));
}

/** Sends what may go by now, in the order in which it was said; tells whoever began when something has gone. */
export async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    for (const one of [...waiting].filter((each) => each.after <= Date.now())) {
      if (!(await sent(one))) return plan(AGAIN_MS);
    }
    const next = Math.min(...waiting.map((one) => one.after));
    if (waiting.length > 0) plan(Math.max(next - Date.now(), 50));
  } finally {
    sending = false;
  }
}

/** False if there is no net: then it stays. */
async function sent(one: Waiting): Promise<boolean> {
  try {
    const headers = { "Idempotency-Key": one.key };
    await ask(`tasks/${one.task}/${one.act}`, { method: "POST", body: one.body, headers });
  } catch (problem) {
    if (!(problem instanceof ApiProblem) || problem.status >= 500 || problem.status === 401) return false;
    refused = problem.message;
  }
  keep(waiting.filter((other) => other.key !== one.key));
  onSent();
  return true;
}

function plan(ms: number): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void flush(), ms);
}

/** Begins to send, now and whenever the net comes back; gives back what ends it. */
export function begin(whenSent: () => void): () => void {
  onSent = whenSent;
  const back = () => void flush();
  window.addEventListener("online", back);
  plan(0);
  return () => {
    onSent = () => undefined;
    window.removeEventListener("online", back);
  };
}
