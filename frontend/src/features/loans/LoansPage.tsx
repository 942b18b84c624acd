import { Link } from "react-router";

import { useList, useSession } from "../../api/queries";
import type { Loan } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { ExportButton } from "../../shared/ui/ExportButton";
import { Day, Money } from "../../shared/ui/figures";
import { Choice, DateField, FilterBar } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { OwnRegistrations } from "./OwnRegistrations";
import { LoanTag } from "./tags";

/** The last ones come from the portfolio's figures, each of which is the sum of such a list. */
const FILTERS = ["state", "due_from", "due_until", "currency", "debtor", "supplier", "lent_on"] as const;
const STATES = ["lent", "awaiting", "disbursement_proposed", "outstanding", "write_off_proposed", "settled", "cancelled", "written_off"] as const;

/** A funder's or a supplier's loans. */
export default function LoansPage() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const isSupplier = session.data?.roles.includes("supplier") ?? false;
  const { filters, set, clear } = useFilters(FILTERS);
  const list = useList("/api/v1/financing/loans", filters);
  const columns = useColumns(isSupplier);
  useListKeys();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <FilterBar onClear={clear}>
        <Choice
          label={t("state")}
          value={filters.state}
          onChange={(value) => set("state", value)}
          options={STATES.map((state) => [state, state === "lent" ? t("state_lent") : code("loanState", state)])}
        />
        <DateField label={t("dueFrom")} value={filters.due_from} onChange={(value) => set("due_from", value)} />
        <DateField label={t("dueUntil")} value={filters.due_until} onChange={(value) => set("due_until", value)} />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={6}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("title")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/loans/${row.id}`} testId="loan-row" />
            <ListFooter list={list} count={list.rows.length} />
            <ExportButton path="/api/v1/financing/loans/export" filters={filters} name={t("title")} />
          </>
        ) : (
          <section className="card">
            {clear ? (
              <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty>
            ) : (
              <Empty title={t("emptyTitle")} action={<Link to="/financing/requests">{t("toFinancing")}</Link>}>
                {t(isSupplier ? "emptySupplier" : "emptyFinancier")}
              </Empty>
            )}
          </section>
        )}
      </Loaded>
      <OwnRegistrations />
    </Page>
  );
}

function useColumns(isSupplier: boolean): Column<Loan>[] {
  const t = useText(messages);
  return [
    { key: "principal", title: t("principal"), head: true, render: (row) => <Money value={row.principal} currency={row.currency} /> },
    { key: "other", title: t(isSupplier ? "funder" : "supplier"), wrap: true, render: (row) => (isSupplier ? row.funder.name : row.supplier.name) },
    { key: "debtor", title: t("debtor"), wrap: true, wide: true, render: (row) => row.debtor.name },
    { key: "owed", title: t("owed"), align: "right", render: (row) => <Money value={row.owed.total} currency={row.currency} /> },
    { key: "due", title: t("dueDate"), render: (row) => <Day value={row.due_date} /> },
    {
      key: "state",
      title: t("state"),
      render: (row) => (row.days_overdue > 0 ? <StatusTag tone="refused">{t("overdueBy", { count: row.days_overdue })}</StatusTag> : <LoanTag state={row.state} />),
    },
  ];
}
