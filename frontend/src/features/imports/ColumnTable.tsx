import type { ImportColumn, ImportKind } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { StatusTag } from "../../shared/ui/StatusTag";
import { fieldOf, type Draft, type Unit } from "./draft";
import { messages } from "./messages";

interface Props {
  columns: readonly ImportColumn[];
  kind: ImportKind;
  draft: Draft;
  /** What was proposed: where the draft still says so, it is marked as a guess. */
  guess: Draft;
  onField: (column: number, field: string, unit: Unit | null) => void;
  onUnit: (field: string, unit: Unit) => void;
}

const UNITS: readonly Exclude<Unit, "">[] = ["1", "100", "1000", "10000", "100000", "1000000", "10000000", "100000000", "1000000000"];

/** The file's columns with what stands in them, and what each is for us. */
export function ColumnTable({ columns, kind, draft, guess, onField, onUnit }: Props) {
  const t = useText(messages);
  const required = new Set(kind.fields.filter((field) => field.required).map((field) => field.name));
  const money = new Set(kind.fields.filter((field) => field.money).map((field) => field.name));
  const shown: Column<ImportColumn>[] = [
    { key: "header", title: t("fileColumn"), head: true, wrap: true, render: (column) => column.header || <span className="muted">{t("columnOf", { number: column.index + 1 })}</span> },
    {
      key: "samples",
      title: t("samples"),
      wrap: true,
      render: (column) => <span className="map-samples">{column.samples.some(Boolean) ? column.samples.filter(Boolean).join(" · ") : <span className="muted">{t("noSamples")}</span>}</span>,
    },
    {
      key: "field",
      title: t("ourField"),
      render: (column) => {
        const field = fieldOf(draft, column.index);
        return (
          <span className="map-field">
            <select
              className={field ? "select" : "select map-none"}
              aria-label={t("fieldFor", { column: column.header || String(column.index + 1) })}
              value={field}
              onChange={(event) => onField(column.index, event.target.value, money.has(event.target.value) ? column.unit : null)}
              data-testid={`map-${column.index}`}
            >
              <option value="">{t("notImported")}</option>
              <Fields title={t("fieldsDocument")} names={kind.fields.filter((each) => each.header)} required={required} draft={draft} column={column.index} />
              <Fields title={t("fieldsLine")} names={kind.fields.filter((each) => !each.header)} required={required} draft={draft} column={column.index} />
            </select>
            {money.has(field) && <UnitChoice column={column} unit={draft.units[field] ?? null} onUnit={(unit) => onUnit(field, unit)} />}
            {field && fieldOf(guess, column.index) === field && <StatusTag tone="idle">{t("guessed")}</StatusTag>}
            {field && fieldOf(guess, column.index) !== field && <StatusTag tone="done">{t("chosen")}</StatusTag>}
          </span>
        );
      },
    },
  ];
  return <DataTable caption={t("mapTitle")} columns={shown} rows={columns} rowKey={(column) => String(column.index)} testId="map-row" />;
}

function Fields({ title, names, required, draft, column }: { title: string; names: ImportKind["fields"]; required: ReadonlySet<string>; draft: Draft; column: number }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <optgroup label={title}>
      {names.map((field) => {
        const at = draft.columns[field.name];
        const word = `${code("import_field", field.name)}${required.has(field.name) ? " *" : ""}`;
        return (
          <option key={field.name} value={field.name}>
            {at !== undefined && at !== column ? t("fieldTaken", { field: word }) : word}
          </option>
        );
      })}
    </optgroup>
  );
}

/** In which unit the amounts of a column are written; null: as the headers say. */
function UnitChoice({ column, unit, onUnit }: { column: ImportColumn; unit: Unit | null; onUnit: (unit: Unit) => void }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <select className="select map-unit" aria-label={t("unitFor", { column: column.header || String(column.index + 1) })} value={unit ?? ""} aria-invalid={unit === ""} onChange={(event) => onUnit(event.target.value as Unit)} data-testid={`unit-${column.index}`}>
      {!unit && <option value="">{unit === null ? t("unitOfHeader") : t("unitOpen")}</option>}
      {UNITS.map((each) => (
        <option key={each} value={each}>
          {code("import_unit", each)}
        </option>
      ))}
    </select>
  );
}
