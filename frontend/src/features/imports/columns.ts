import type { ImportColumn, ImportKind } from "../../api/types";

/** A column of the preview. `right`: figures, set to the right. Widths are in pixels. */
export interface SheetColumn {
  index: number;
  header: string;
  field: string | null;
  right: boolean;
  width: number;
}

const WIDTH: Record<ImportKind["fields"][number]["type"], number> = { id: 190, text: 200, date: 120, decimal: 128, percent: 96, currency: 96 };
const UNMAPPED = 140;

/** The table's columns in its own order; those that hold no field only with `all`. */
export function sheetColumns(columns: readonly ImportColumn[], kind: ImportKind | undefined, all: boolean): SheetColumn[] {
  const types = new Map(kind?.fields.map((field) => [field.name, field.type]));
  return columns
    .filter((column) => all || column.field)
    .map((column) => {
      const type = column.field ? types.get(column.field) : undefined;
      return {
        index: column.index,
        header: column.header,
        field: column.field,
        right: type === "decimal" || type === "percent",
        width: type ? WIDTH[type] : UNMAPPED,
      };
    });
}
