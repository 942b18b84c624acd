import { Link } from "react-router";

import { useList, useResource } from "../../api/queries";
import type { Document, LedgerRecord } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { usePolling } from "../../shared/hooks/usePolling";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Choice, DateField, FilterBar, SearchField } from "../../shared/ui/Filters";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { startOfDay } from "./days";
import "./ledger.css";
import { messages } from "./messages";
import { useSubjects } from "./queries";
import { RecordChains, useSubjectName } from "./RecordName";

export const RECORD_FILTERS = ["channel", "template", "index", "since", "until", "subject"] as const;
const TEMPLATES = [
  "document/v1", "fields/v1", "confirmation.confirm/v1", "confirmation.dispute/v1", "confirmation-manifest/v1", "payment-confirmation/v1", "rung/v1",
  "notice.assignment/v1", "notice.pledge/v1", "notice.acknowledged/v1", "consent.granted/v1", "consent.revoked/v1", "consent.moved/v1", "key/v1",
];

/** The address's filters as the API takes them: days as the instants that bound them, the last one included. */
export function asked(filters: Readonly<Record<(typeof RECORD_FILTERS)[number], string>>): Record<string, string> {
  return { ...filters, since: startOfDay(filters.since), until: startOfDay(filters.until, 1) };
}

export default function RecordsPage() {
  const t = useText(messages);
  const code = useCodes();
  const { filters, set, clear, search } = useFilters(RECORD_FILTERS);
  const list = useList("/api/v1/ledger/records", asked(filters));
  const channels = useResource("/api/v1/ledger/channels").data?.channels ?? [];
  const columns = useColumns(useSubjects(list.rows));
  usePolling(["ledger"]);
  useListKeys();
  return (
    <Page title={t("recordsTitle")} lead={t("recordsLead")} back={<Link to="/ledger">← {t("back")}</Link>}>
      <FilterBar onClear={clear}>
        <SearchField label={t("place")} placeholder={t("placeHint")} value={filters.index} onChange={(value) => set("index", value)} />
        <Choice label={t("template")} value={filters.template} onChange={(value) => set("template", value)} options={TEMPLATES.map((name) => [name, code("recordTemplate", name)])} testId="filter-template" />
        {channels.length > 1 && <Choice label={t("channel")} value={filters.channel} onChange={(value) => set("channel", value)} options={channels.map((channel) => [channel.name, channel.name])} />}
        <DateField label={t("since")} value={filters.since} onChange={(value) => set("since", value)} />
        <DateField label={t("until")} value={filters.until} onChange={(value) => set("until", value)} />
      </FilterBar>
      {filters.subject && <p className="note note-idle">{t("subjectFilter")}</p>}
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("recordsTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/ledger/records/${row.id}${search}`} testId="record-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">
            {clear ? <Empty title={t("noMatch")}>{t("noMatchText")}</Empty> : <Empty title={t("noRecords")}>{t("noRecordsText")}</Empty>}
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function useColumns(documents: ReadonlyMap<string, Document>): Column<LedgerRecord>[] {
  const t = useText(messages);
  const code = useCodes();
  const about = useSubjectName();
  return [
    { key: "subject", title: t("subject"), head: true, render: (row) => about(row, documents) },
    { key: "template", title: t("template"), render: (row) => code("recordTemplate", row.template, {}, row.template) },
    { key: "index", title: t("place"), align: "right", render: (row) => (row.index === null ? <span className="muted">{t("notYet")}</span> : <span className="num">{row.index}</span>) },
    { key: "chains", title: t("state"), render: (row) => <RecordChains record={row} /> },
    { key: "actor", title: t("byWhom"), wide: true, render: (row) => row.actor },
    { key: "time", title: t("recorded"), render: (row) => <Time value={row.time} seconds /> },
  ];
}
