import { Link } from "react-router";

import { useList } from "../../api/queries";
import type { ImportDetail, ImportEntry } from "../../api/types";
import { formatLong } from "../../shared/format/time";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag, ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import { ExportButton } from "./ExportButton";
import { messages } from "./messages";

const TONES: Record<ImportEntry["state"], Tone> = { pending: "idle", imported: "done", withdrawn: "idle" };

/** What became of the rows: the documents, and the rows that were left out. */
export function Result({ row }: { row: ImportDetail }) {
  const t = useText(messages);
  const list = useList("/api/v1/imports/{id}/entries", {}, { path: { id: row.id } });
  const columns = useColumns();
  return (
    <>
      <Outcome row={row} />
      <Section title={t("documentsTitle")} action={row.source && <ExportButton row={row} wrong={false} />}>
        <Loaded query={list} hasData={list.data !== undefined} rows={6}>
          {list.rows.length > 0 ? (
            <>
              <DataTable caption={t("documentsTitle")} columns={columns} rows={list.rows} rowKey={(entry) => String(entry.position)} testId="entry-row" />
              <ListFooter list={list} count={list.rows.length} />
            </>
          ) : (
            <Empty title={t("noDocuments")} />
          )}
        </Loaded>
      </Section>
    </>
  );
}

function Outcome({ row }: { row: ImportDetail }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { imported, wrong } = row.counts;
  return (
    <>
      {row.state === "undone" ? (
        <div className="note note-idle" data-testid="import-outcome">
          <ToneIcon tone="idle" />
          <p>{t("undoneText", { when: row.undone_at ? formatLong(row.undone_at, language) : "" })}</p>
        </div>
      ) : row.state === "imported" && row.filing > 0 ? (
        <div className="note note-idle" data-testid="import-outcome">
          <ToneIcon tone="running" />
          <p>{t("filingText", { count: imported.toLocaleString("en"), left: row.filing.toLocaleString("en") })}</p>
        </div>
      ) : row.state === "imported" ? (
        <div className="note note-done" data-testid="import-outcome">
          <ToneIcon tone="done" />
          <p>
            {t("importedText", { count: imported.toLocaleString("en"), when: row.imported_at ? formatLong(row.imported_at, language) : "" })} <Link to="/trades">{t("toTrades")}</Link>
          </p>
        </div>
      ) : null}
      {row.state === "imported" && wrong > 0 && (
        <div className="note note-attention import-left" data-testid="left-out">
          <ToneIcon tone="attention" />
          <p>{t("leftOut", { wrong })}</p>
          <ExportButton row={row} wrong />
        </div>
      )}
    </>
  );
}

function useColumns(): Column<ImportEntry>[] {
  const t = useText(messages);
  const code = useCodes();
  return [
    {
      key: "number",
      title: t("number"),
      head: true,
      render: (entry) => (entry.document && entry.state === "imported" ? <Link to={`/documents/${entry.document}`}>{entry.number}</Link> : entry.number),
    },
    { key: "date", title: t("date"), render: (entry) => <Day value={entry.issue_date} /> },
    { key: "buyer", title: t("buyer"), render: (entry) => entry.buyer_name || <span className="muted">—</span> },
    { key: "total", title: t("total"), align: "right", render: (entry) => <Money value={entry.total} currency={entry.currency} /> },
    {
      key: "state",
      title: t("state"),
      wrap: true,
      render: (entry) => (
        <span className="tags">
          <StatusTag tone={TONES[entry.state]}>{code("import_entry", entry.state)}</StatusTag>
          {entry.attention.map((each) => (
            <StatusTag key={each.code} tone="attention">
              {code("attention", each.code, each.params, String(each.params.detail ?? ""))}
            </StatusTag>
          ))}
        </span>
      ),
    },
  ];
}
