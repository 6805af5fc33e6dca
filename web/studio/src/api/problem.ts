export interface ProblemEntry {
  path: string;
  message: string;
}

/** An answer of the server that says what went wrong and what to do (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly entries: ProblemEntry[];
  readonly requestId: string | null;
  /** The whole body, for the few answers that carry more (a newer draft, a publish refused). */
  readonly body: Record<string, unknown>;
  /** Seconds to wait before another try, when the server named them. */
  readonly retryAfter: number | null;

  constructor(status: number, body: Record<string, unknown>, retryAfter: number | null = null) {
    super(text(body.detail) || text(body.title) || `HTTP ${status}`);
    this.name = "ApiProblem";
    this.status = status;
    this.code = text(body.code) || "unknown";
    this.entries = Array.isArray(body.errors) ? body.errors.filter(isEntry) : [];
    this.requestId = text(body.request_id) || null;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** The server could not be reached at all; nothing was stored. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached.", { cause });
    this.name = "Unreachable";
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isEntry(value: unknown): value is ProblemEntry {
  const entry = value as Partial<ProblemEntry> | null;
  return typeof entry?.path === "string" && typeof entry.message === "string";
}
