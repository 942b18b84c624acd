import { useList } from "../../api/queries";
import type { Import } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { Choice, FilterBar } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { ImportTag } from "./ImportTag";
import "./imports.css";
import { messages } from "./messages";
import { useWatch } from "./queries";
import { isBusy } from "./stages";
import { Upload } from "./Upload";

const FILTERS = ["kind", "state"] as const;
const KINDS = ["order", "despatch_advice", "receipt_advice", "invoice", "remittance_advice"];
const STATES = ["mapping", "ready", "importing", "imported", "undone", "failed", "discarded"];

export default function ImportsPage() {
  const t = useText(messages);
  const code = useCodes();
  const { filters, set, clear } = useFilters(FILTERS);
  const list = useList("/api/v1/imports", filters);
  const columns = useColumns();
  useWatch(list.rows.some((row) => isBusy(row.state)));
  useListKeys();

  return (
    <Page title={t("title")} lead={t("lead")}>
      <Upload />
      {(list.rows.length > 0 || clear) && (
        <FilterBar onClear={clear}>
          <Choice label={t("kind")} value={filters.kind} onChange={(value) => set("kind", value)} options={KINDS.map((kind) => [kind, code("import_kind", kind)])} />
          <Choice label={t("state")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, code("import_state", state)])} />
        </FilterBar>
      )}
      <Loaded query={list} hasData={list.data !== undefined} rows={6}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/imports/${row.id}`} testId="import-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">{clear ? <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty> : <Teach />}</section>
        )}
      </Loaded>
    </Page>
  );
}

/** Nothing imported yet: what will happen. */
function Teach() {
  const t = useText(messages);
  return (
    <div data-testid="empty">
      <h2>{t("emptyTitle")}</h2>
      <ol className="import-teach">
        <li>{t("teachUpload")}</li>
        <li>{t("teachMap")}</li>
        <li>{t("teachCheck")}</li>
        <li>{t("teachImport")}</li>
      </ol>
    </div>
  );
}

function useColumns(): Column<Import>[] {
  const t = useText(messages);
  const code = useCodes();
  return [
    { key: "file", title: t("file"), head: true, wrap: true, render: (row) => row.filename || t("byRest") },
    { key: "kind", title: t("kind"), render: (row) => code("import_kind", row.kind) },
    { key: "state", title: t("state"), render: (row) => <ImportTag row={row} /> },
    { key: "rows", title: t("rows"), align: "right", render: (row) => (row.source ? row.counts.rows.toLocaleString("en") : <span className="muted">—</span>) },
    {
      key: "wrong",
      title: t("wrongRows"),
      align: "right",
      render: (row) => (row.counts.wrong > 0 ? <span className="refused-figure">{row.counts.wrong.toLocaleString("en")}</span> : <span className="muted">0</span>),
    },
    { key: "documents", title: t("documents"), align: "right", render: (row) => (row.imported_at ? row.counts.imported : row.counts.documents).toLocaleString("en") },
    { key: "by", title: t("by"), render: (row) => row.created_by },
    { key: "at", title: t("at"), render: (row) => <Time value={row.created_at} /> },
  ];
}
