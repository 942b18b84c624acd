import type { ImportColumn, ImportKind } from "../../api/types";
import type { CodeText } from "../../shared/i18n/LanguageProvider";

/** A column of the preview. `right`: figures, set to the right. Widths are in pixels. */
export interface SheetColumn {
  index: number;
  header: string;
  field: string | null;
  /** What one in it is, where that is not one. */
  unit: string | null;
  right: boolean;
  width: number;
}

const WIDTH: Record<ImportKind["fields"][number]["type"], number> = { id: 190, text: 200, date: 120, decimal: 128, percent: 96, currency: 96 };
const UNMAPPED = 140;

/** The table's columns in its own order; those that hold no field only with `all`. `units`: by field of money. */
export function sheetColumns(columns: readonly ImportColumn[], kind: ImportKind | undefined, all: boolean, units: Readonly<Record<string, string>>): SheetColumn[] {
  const types = new Map(kind?.fields.map((field) => [field.name, field.type]));
  return columns
    .filter((column) => all || column.field)
    .map((column) => {
      const unit = column.field ? units[column.field] : undefined;
      const type = column.field ? types.get(column.field) : undefined;
      return {
        index: column.index,
        header: column.header,
        field: column.field,
        unit: unit && unit !== "1" ? unit : null,
        right: type === "decimal" || type === "percent",
        width: type ? WIDTH[type] : UNMAPPED,
      };
    });
}

/** What a column is to us, with the unit of its amounts; null where it is nothing. */
export function labelOf({ field, unit }: SheetColumn, code: CodeText): string | null {
  return field && code("import_field", field) + (unit ? ` · ${code("import_unit", unit)}` : "");
}
