/** Rows of the preview: which cells are wrong, and where the next wrong one is. */
import type { CellError, ImportRow } from "../../api/types";

/** The place of a row's own number, and of errors that belong to no column. */
export const ROW_HEAD = -1;

export interface Place {
  /** Of the row in the table; the first is 1. */
  number: number;
  column: number;
}

export function errorsAt(row: ImportRow, column: number): CellError[] {
  return row.errors.filter((error) => (error.column ?? ROW_HEAD) === column);
}

/** The first wrong cell of the row to the right of `after`, as the columns are shown; null when there is none. */
export function nextWrong(row: ImportRow, shown: readonly number[], after: number | null): number | null {
  const order = [ROW_HEAD, ...shown];
  const wrong = new Set(row.errors.map((error) => error.column ?? ROW_HEAD));
  const from = after === null ? 0 : order.indexOf(after) + 1;
  return order.slice(from).find((column) => wrong.has(column)) ?? null;
}

/** Cached rows with `fresh` ones in the place of those with their numbers; the same array when none is among them. */
export function replaced(rows: readonly ImportRow[], fresh: ReadonlyMap<number, ImportRow>): ImportRow[] {
  return rows.some((row) => fresh.has(row.number)) ? rows.map((row) => fresh.get(row.number) ?? row) : (rows as ImportRow[]);
}
