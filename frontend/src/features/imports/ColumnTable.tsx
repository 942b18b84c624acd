import type { ImportColumn, ImportKind } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { StatusTag } from "../../shared/ui/StatusTag";
import { fieldOf, type Draft } from "./draft";
import { messages } from "./messages";

interface Props {
  columns: readonly ImportColumn[];
  kind: ImportKind;
  draft: Draft;
  /** What was proposed: where the draft still says so, it is marked as a guess. */
  guess: Draft;
  onField: (column: number, field: string) => void;
}

/** The file's columns with what stands in them, and what each is for us. */
export function ColumnTable({ columns, kind, draft, guess, onField }: Props) {
  const t = useText(messages);
  const required = new Set(kind.fields.filter((field) => field.required).map((field) => field.name));
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
              onChange={(event) => onField(column.index, event.target.value)}
              data-testid={`map-${column.index}`}
            >
              <option value="">{t("notImported")}</option>
              <Fields title={t("fieldsDocument")} names={kind.fields.filter((each) => each.header)} required={required} draft={draft} column={column.index} />
              <Fields title={t("fieldsLine")} names={kind.fields.filter((each) => !each.header)} required={required} draft={draft} column={column.index} />
            </select>
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
