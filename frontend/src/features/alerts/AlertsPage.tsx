import { useList } from "../../api/queries";
import type { Alert } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Time } from "../../shared/ui/figures";
import { Choice, FilterBar } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Segments } from "../../shared/ui/Segments";
import { Empty, Loaded } from "../../shared/ui/states";
import { SeverityTag } from "../../shared/ui/status";
import { ALERT_DEFAULTS, ALERT_FILTERS, ALERT_RULES, SEVERITIES } from "./filters";
import { messages } from "./messages";

/** The most severe first, then the largest amount. */
function bySeverity(rows: readonly Alert[]): Alert[] {
  const rank = (row: Alert) => SEVERITIES.indexOf(row.severity);
  return [...rows].sort((a, b) => rank(a) - rank(b) || Number(b.amount ?? 0) - Number(a.amount ?? 0));
}

export default function AlertsPage() {
  const t = useText(messages);
  const code = useCodes();
  const { filters, set, clear, search } = useFilters(ALERT_FILTERS, ALERT_DEFAULTS);
  const list = useList("/api/v1/alerts", filters);
  const narrowed = filters.state !== "open" || filters.rule !== "" || filters.severity !== "";
  useListKeys();

  const columns: Column<Alert>[] = [
    { key: "rule", title: t("rule"), head: true, render: (row) => code("rule", row.rule) },
    { key: "severity", title: t("severity"), render: (row) => <SeverityTag severity={row.severity} /> },
    { key: "amount", title: t("amount"), align: "right", render: (row) => <Money value={row.amount} currency={row.currency} /> },
    { key: "parties", title: t("parties"), wrap: true, render: (row) => row.parties.map((party) => party.name).join(" · ") },
    { key: "subject", title: t("subject"), render: (row) => `${code("subjectKind", row.subject.kind)} ${row.subject.label}` },
    { key: "raised", title: t("raised"), render: (row) => <Time value={row.raised_at} /> },
  ];

  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className="spread">
        <Segments
          label={t("state")}
          value={filters.state}
          onChange={(value) => set("state", value)}
          options={[
            ["open", t("open")],
            ["acknowledged", t("acknowledged")],
            ["closed", t("closed")],
          ]}
        />
        <span className="hint-keys">{t("keys")}</span>
      </div>
      <FilterBar onClear={clear}>
        <Choice label={t("rule")} value={filters.rule} onChange={(value) => set("rule", value)} options={ALERT_RULES.map((rule) => [rule, code("rule", rule)])} />
        <Choice label={t("severity")} value={filters.severity} onChange={(value) => set("severity", value)} options={SEVERITIES.map((each) => [each, code("severity", each)])} />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={bySeverity(list.rows)} rowKey={(row) => row.id} href={(row) => `/alerts/${row.id}${search}`} testId="alert-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">{narrowed ? <Empty title={t("emptyOther")}>{t("emptyOtherText")}</Empty> : <Empty title={t("emptyOpen")}>{t("emptyOpenText")}</Empty>}</section>
        )}
      </Loaded>
    </Page>
  );
}
