/** A mapping while it is being made: which column holds which field, and what holds for the whole table. */
import type { ImportColumn, ImportDetail, ImportKind } from "../../api/types";

/** What one in a column of money is; empty: the headers leave it open, and nobody has said. */
export type Unit = NonNullable<ImportColumn["unit"]>;

export interface Draft {
  /** Column by field; the first is 0. */
  columns: Readonly<Record<string, number>>;
  /** One value for the whole table, by field. */
  defaults: Readonly<Record<string, string>>;
  /** Empty: the dates could be read in two ways, and nobody has said in which. */
  dateOrder: "" | "ymd" | "dmy" | "mdy";
  decimalMark: "." | ",";
  /** By field of money; where there is none it is as the headers say. */
  units: Readonly<Record<string, Unit>>;
}

export function draftOf(detail: Pick<ImportDetail, "mapping">): Draft {
  const { mapping } = detail;
  return {
    columns: mapping?.columns ?? {},
    defaults: mapping?.defaults ?? {},
    dateOrder: mapping?.date_order ?? "ymd",
    decimalMark: mapping?.decimal_mark ?? ".",
    units: mapping?.units ?? {},
  };
}

export function fieldOf(draft: Draft, column: number): string {
  return Object.entries(draft.columns).find(([, at]) => at === column)?.[0] ?? "";
}

/** `column` holds `field` and nothing else; a column that held the field before holds none. An empty field clears. `unit`: of a column of money, where its header says so. */
export function withField(draft: Draft, column: number, field: string, unit: Unit | null = null): Draft {
  const kept = Object.entries(draft.columns).filter(([name, at]) => at !== column && name !== field);
  const columns = Object.fromEntries(field ? [...kept, [field, column]] : kept);
  const units = Object.fromEntries(Object.entries(draft.units).filter(([name]) => name !== field && name in columns));
  return { ...draft, columns, units: unit === null ? units : { ...units, [field]: unit } };
}

export function withUnit(draft: Draft, field: string, unit: Unit): Draft {
  return { ...draft, units: { ...draft.units, [field]: unit } };
}

export function withDefault(draft: Draft, field: string, value: string): Draft {
  const kept = Object.entries(draft.defaults).filter(([name]) => name !== field);
  return { ...draft, defaults: Object.fromEntries(value ? [...kept, [field, value]] : kept) };
}

/** Sets of which one field each is still to be mapped or given; the order of dates and the unit of amounts where they are open. */
export function missingOf(draft: Draft, kind: ImportKind): string[][] {
  const stated = (name: string) => name in draft.columns || Boolean(draft.defaults[name]?.trim());
  const single = kind.fields.filter((field) => field.required).map((field) => [field.name]);
  const fields = [...single, ...kind.either].filter((names) => !names.some(stated));
  const open = [draft.dateOrder === "" && "date_order", Object.values(draft.units).includes("") && "money_unit"];
  return [...fields, ...open.filter((name) => name !== false).map((name) => [name])];
}

/** A draft that lacks nothing as the server takes it: only fields that have no column keep a value for the whole table. */
export function bodyOf(draft: Draft) {
  const defaults = Object.entries(draft.defaults).filter(([name, value]) => value.trim() && !(name in draft.columns));
  return {
    columns: { ...draft.columns },
    defaults: Object.fromEntries(defaults.map(([name, value]) => [name, value.trim()])),
    date_order: draft.dateOrder || ("ymd" as const),
    decimal_mark: draft.decimalMark,
    units: Object.fromEntries(Object.entries(draft.units).filter((entry): entry is [string, Exclude<Unit, "">] => entry[1] !== "")),
  };
}
