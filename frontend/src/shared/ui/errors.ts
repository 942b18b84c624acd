import { ProblemError } from "../../api/problem";
import { formatAmount } from "../format/money";
import type { CodeText } from "../i18n/LanguageProvider";

export interface Described {
  /** What is wrong. */
  what: string;
  /** What to do about it. */
  remedy: string;
  code: string;
}

const BY_STATUS: Record<number, string> = {
  0: "network", 400: "parse_error", 401: "not_authenticated", 403: "permission_denied", 404: "not_found", 405: "method_not_allowed",
  409: "state_conflict", 413: "file_too_large", 415: "parse_error", 422: "invalid_input", 429: "throttled", 502: "unavailable", 503: "unavailable", 504: "unavailable",
};

const AMOUNTS = ["amount", "carried", "held_for", "invoiced", "most", "payable"];

/** The parameters of a problem as people read them: amounts are grouped, with the digits of the currency beside them. */
function withAmounts(params: Record<string, unknown>): Record<string, unknown> {
  const { currency } = params;
  if (typeof currency !== "string") return params;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === "string" && AMOUNTS.includes(name) ? formatAmount(value, currency) : value]));
}

/** A problem in words: by its code, else by the server's detail, else by its status. */
export function describe(error: unknown, code: CodeText): Described {
  if (!(error instanceof ProblemError)) {
    return { what: code("error", "internal_error"), remedy: code("remedy", "internal_error"), code: "unexpected" };
  }
  const general = BY_STATUS[error.status] ?? "internal_error";
  const params = withAmounts(error.params);
  const what = code("error", error.code, params, error.detail || code("error", general));
  const remedy = code("remedy", error.code, params, code("remedy", general, {}, code("remedy", "internal_error")));
  return { what, remedy, code: error.code };
}
