import type { RightFigures } from "../../api/types";
import type { Figure } from "./figure";

export interface SourceLine {
  key: string;
  document: string;
  line: string;
  item: string;
  quantity: string | null;
  unit: string;
  amount: string | null;
  tax: string | null;
  roles: readonly string[];
}

const ROLES: Partial<Record<Figure["kind"], readonly string[]>> = {
  quantity: ["quantity", "limit"],
  unitValue: ["value"],
  rowValue: ["quantity", "limit", "value"],
  rowTax: ["quantity", "limit", "tax"],
};

/** The lines behind a figure: those that do something for it, along the calculation, then what takes from it. */
export function sourcesOf(figures: RightFigures, figure: Figure): SourceLine[] {
  if (figure.kind === "reduction") return reduction(figures, figure.row);
  if ("row" in figure) return row(figures, figure.row, ROLES[figure.kind] ?? []);
  const rows = figures.rows.flatMap((_, position) => row(figures, position, ["quantity", "limit", "value", "tax"]));
  return [...rows, ...figures.reductions.flatMap((_, position) => reduction(figures, position))];
}

function row(figures: RightFigures, position: number, roles: readonly string[]): SourceLine[] {
  return (figures.rows[position]?.sources ?? [])
    .map((source) => ({ ...source, key: `row-${position}-${source.document}-${source.line}`, roles: source.roles.filter((role) => roles.includes(role)) }))
    .filter((source) => source.roles.length > 0);
}

function reduction(figures: RightFigures, position: number): SourceLine[] {
  return (figures.reductions[position]?.sources ?? []).map((source) => ({
    key: `reduction-${position}-${source.document}`, document: source.document, line: "", item: "", quantity: null, unit: "", amount: source.amount, tax: null, roles: [],
  }));
}
