import { useState } from "react";
import { Link } from "react-router";

import { useList, useSession } from "../../api/queries";
import type { Document } from "../../api/types";
import { formatSize } from "../../shared/format/size";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { TRADE_KINDS } from "../../shared/trade/kinds";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { ExportButton } from "../../shared/ui/ExportButton";
import { Day, Money, Time } from "../../shared/ui/figures";
import { FileDrop } from "../../shared/ui/FileDrop";
import { Choice, FilterBar, SearchField } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { TypedIn } from "../../shared/ui/TypedIn";
import { DocumentStateTag, VerdictTag } from "../../shared/ui/status";
import { StatusTag } from "../../shared/ui/StatusTag";
import "./documents.css";
import { DOCUMENT_FILTERS } from "./filters";
import { messages } from "./messages";
import { UploadList } from "./UploadList";
import { addUploads } from "./uploads";

const KINDS = [...TRADE_KINDS, "other", "attachment"];
const STATES = ["review", "attention", "duplicate", "loose"] as const;
const VERDICTS = ["accepted", "attention", "refused"] as const;

export default function DocumentsPage() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const { filters, set, clear, search } = useFilters(DOCUMENT_FILTERS);
  const list = useList("/api/v1/documents", filters);
  const supplier = session.data?.roles.includes("supplier") ?? false;
  const columns = useColumns();
  useListKeys();

  return (
    <Page title={t("title")} lead={supplier ? t("leadSupplier") : t("leadOthers")} action={supplier && <Link to="/documents?state=review" data-testid="open-review">{t("openReview")}</Link>}>
      {supplier && session.data && <Intake person={session.data.person?.id ?? ""} limits={session.data.limits} />}
      <FilterBar onClear={clear}>
        <SearchField label={t("search")} placeholder={t("searchHint")} value={filters.search} onChange={(value) => set("search", value)} />
        <Choice label={t("kind")} value={filters.kind} onChange={(value) => set("kind", value)} options={KINDS.map((kind) => [kind, code("documentKind", kind)])} />
        <Choice label={t("show")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, t(`filter_${state}`)])} />
        {supplier && <Choice label={t("verdict")} value={filters.verdict} onChange={(value) => set("verdict", value)} options={VERDICTS.map((verdict) => [verdict, code("verdict", verdict)])} />}
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable
              caption={t("listTitle")}
              columns={columns}
              rows={list.rows}
              rowKey={(row) => row.id}
              href={(row) => `/documents/${row.id}${filters.state === "review" ? "/review" : ""}${search}`}
              testId="document-row"
            />
            <ListFooter list={list} count={list.rows.length} />
            <ExportButton path="/api/v1/documents/export" filters={filters} name={t("title")} testId="export-documents" />
          </>
        ) : (
          <section className="card">
            {clear ? <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty> : <Empty title={t("emptyTitle")}>{supplier ? t("emptySupplier") : t("emptyOthers")}</Empty>}
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function Intake({ person, limits }: { person: string; limits: { max_file_bytes: number; max_files: number } }) {
  const t = useText(messages);
  const [left, setLeft] = useState(0);
  return (
    <>
      <FileDrop
        title={t("dropTitle")}
        hint={t("dropHint", { size: formatSize(limits.max_file_bytes), files: limits.max_files })}
        over={t("dropNow")}
        testId="upload-input"
        onFiles={(files) => {
          setLeft(Math.max(0, files.length - limits.max_files));
          addUploads(files.slice(0, limits.max_files));
        }}
      />
      {left > 0 && (
        <p className="note note-attention" role="alert">
          {t("tooMany", { limit: limits.max_files, left })}
        </p>
      )}
      <p className="meta">
        {t("importHint")} <Link to="/imports">{t("importTable")}</Link>
      </p>
      <UploadList person={person} />
    </>
  );
}

function useColumns(): Column<Document>[] {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const own = session.data?.organisation?.id;
  return [
    {
      key: "document",
      title: t("document"),
      head: true,
      wrap: true,
      render: (row) => (
        <span className="two-lines">
          <span>{row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename}</span>
          <span className="meta">{row.number ? row.filename : code("extraction", row.extraction)}</span>
        </span>
      ),
    },
    {
      key: "counterparty",
      title: t("counterparty"),
      wrap: true,
      render: (row) => (row.owner.id === own ? row.buyer_name : row.owner.name) || <span className="muted">—</span>,
    },
    { key: "trade", title: t("trade"), wide: true, render: (row) => row.trade?.order_number || <span className="muted">{t("notInTrade")}</span> },
    { key: "issued", title: t("issued"), wide: true, render: (row) => <Day value={row.issue_date} /> },
    { key: "total", title: t("total"), align: "right", render: (row) => <Money value={row.total} currency={row.currency} /> },
    {
      key: "state",
      title: t("state"),
      render: (row) => (
        <span className="tags">
          <DocumentStateTag state={row.state} />
          {row.duplicate_of && <StatusTag tone="attention">{t("duplicate")}</StatusTag>}
        </span>
      ),
    },
    { key: "verdict", title: t("verdict"), render: (row) => <Verdict row={row} /> },
    { key: "received", title: t("received"), render: (row) => <Time value={row.received_at} /> },
  ];
}

/** The verdict, and who typed the fields where a person did. */
function Verdict({ row }: { row: Document }) {
  return (
    <span className="tags">
      {row.verdict ? <VerdictTag verdict={row.verdict} /> : !row.typed_in_by && <span className="muted">—</span>}
      {row.typed_in_by && <TypedIn by={row.typed_in_by} />}
    </span>
  );
}
