import type { Params } from "./types";

export interface ProblemBody {
  status?: number;
  code?: string;
  detail?: string;
  title?: string;
  params?: Params;
  errors?: { field?: string; code?: string; detail?: string }[];
}

/** An answer that is not the one asked for: RFC 9457 problem, or status 0 when no answer came at all. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly params: Params;
  readonly fields: { field: string; code: string; detail: string }[];

  /** Whether it says that the data may not, or no longer, be seen; unlike one that only failed to come. */
  get withdraws(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? body.code ?? `HTTP ${status}`);
    this.name = "ProblemError";
    this.status = status;
    this.code = body.code ?? (status === 0 ? "network" : `http_${status}`);
    this.detail = body.detail ?? "";
    this.params = body.params ?? {};
    this.fields = (body.errors ?? []).map((e) => ({ field: e.field ?? "", code: e.code ?? "", detail: e.detail ?? "" }));
  }
}

/** The body of a failed answer as a problem; tolerates bodies that are not JSON (a proxy's error page). */
export function toProblem(status: number, text: string): ProblemError {
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  return new ProblemError(status, typeof body === "object" && body !== null ? (body as ProblemBody) : {});
}
