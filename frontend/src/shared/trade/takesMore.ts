import { ProblemError } from "../../api/problem";

const CODES = new Set(["more_people_needed", "day_limit_reached"]);

/** Whether the organisation's limits ask for more people: what one person cannot sign is proposed instead. */
export function takesMore(error: unknown): boolean {
  return error instanceof ProblemError && CODES.has(error.code);
}
