import { Link } from "react-router";

import { useList, useSession } from "../../api/queries";
import type { FinancingRequest } from "../../api/types";
import { joinNames } from "../../shared/format/join";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { ExportButton } from "../../shared/ui/ExportButton";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Choice, FilterBar } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { RequestTag } from "./tags";

const FILTERS = ["state", "sort"] as const;
const STATES = ["draft", "submitted", "accepted", "declined", "withdrawn", "expired", "cancelled", "settled"] as const;
const SORTS = ["newest", "amount", "until"] as const;

/** A supplier's own requests, or those made to a financier's programmes. */
export default function RequestsPage() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const isSupplier = session.data?.roles.includes("supplier") ?? false;
  const { filters, set, clear } = useFilters(FILTERS, { sort: "newest" });
  const list = useList("/api/v1/financing/requests", filters);
  const columns = useColumns(isSupplier);
  useListKeys();
  const ask = (
    <Link to="/financing/new" className="primary-link" data-testid="new-request">
      {t("newRequest")}
    </Link>
  );

  return (
    <Page title={t("title")} lead={t(isSupplier ? "leadSupplier" : "leadFinancier")} action={isSupplier ? ask : undefined}>
      <FilterBar onClear={clear}>
        <Choice label={t("state")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, code("requestState", state)])} />
        <Choice label={t("sort")} any={null} value={filters.sort} onChange={(value) => set("sort", value)} options={SORTS.map((sort) => [sort, t(`sort_${sort}`)])} />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={6}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/financing/requests/${row.id}`} testId="request-row" />
            <ListFooter list={list} count={list.rows.length} />
            <ExportButton path="/api/v1/financing/requests/export" filters={filters} name={t("listTitle")} />
          </>
        ) : (
          <section className="card">
            {filters.state ? (
              <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty>
            ) : (
              <Empty title={t("emptyTitle")} action={isSupplier ? ask : undefined}>
                {t(isSupplier ? "emptySupplier" : "emptyFinancier")}
              </Empty>
            )}
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function useColumns(isSupplier: boolean): Column<FinancingRequest>[] {
  const t = useText(messages);
  const { language } = useLanguage();
  const columns: (Column<FinancingRequest> | false)[] = [
    { key: "amount", title: t("amount"), head: true, render: (row) => <Money value={row.amount} currency={row.currency} /> },
    !isSupplier && { key: "supplier", title: t("supplier"), wrap: true, render: (row) => row.supplier.name },
    { key: "debtor", title: t("debtor"), wrap: true, render: (row) => row.debtor?.name ?? "—" },
    isSupplier && { key: "funders", title: t("funders"), wrap: true, render: (row) => joinNames(row.invitations.map((each) => each.funder.name), language) },
    { key: "until", title: t("until"), render: (row) => <Day value={row.until} /> },
    { key: "state", title: t("state"), render: (row) => <RequestTag request={row} /> },
    { key: "submitted", title: t("submitted"), wide: true, render: (row) => <Time value={row.submitted_at} /> },
  ];
  return columns.filter((column) => column !== false);
}
