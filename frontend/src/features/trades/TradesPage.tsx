import { Link } from "react-router";

import { useList, useSession } from "../../api/queries";
import type { Trade } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Time } from "../../shared/ui/figures";
import { Choice, FilterBar, SearchField } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const FILTERS = ["search", "state"] as const;
const STATES = ["financeable", "pending", "mismatch", "provisional"] as const;

export default function TradesPage() {
  const t = useText(messages);
  const session = useSession();
  const roles = session.data?.roles ?? [];
  const { filters, set, clear } = useFilters(FILTERS);
  const list = useList("/api/v1/trades", filters);
  const columns = useColumns(roles.includes("supplier") ? "buyer" : roles.includes("core_enterprise") ? "seller" : "both");
  useListKeys();

  return (
    <Page title={t("title")} lead={roles.includes("financier") ? t("leadFinancier") : t("lead")}>
      <FilterBar onClear={clear}>
        <SearchField label={t("search")} placeholder={t("searchHint")} value={filters.search} onChange={(value) => set("search", value)} />
        <Choice label={t("show")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, t(`filter_${state}`)])} />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/trades/${row.id}`} testId="trade-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">{clear ? <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty> : <NoTrades roles={roles} />}</section>
        )}
      </Loaded>
    </Page>
  );
}

function NoTrades({ roles }: { roles: readonly string[] }) {
  const t = useText(messages);
  if (roles.includes("supplier"))
    return (
      <Empty title={t("emptyTitle")} action={<Link to="/documents">{t("toUpload")}</Link>}>
        {t("emptySupplier")}
      </Empty>
    );
  if (roles.includes("financier"))
    return (
      <Empty title={t("emptyTitle")} action={<Link to="/suppliers">{t("toSuppliers")}</Link>}>
        {t("emptyFinancier")}
      </Empty>
    );
  return <Empty title={t("emptyTitle")}>{t("emptyCore")}</Empty>;
}

function useColumns(show: "buyer" | "seller" | "both"): Column<Trade>[] {
  const t = useText(messages);
  const code = useCodes();
  const columns: (Column<Trade> | false)[] = [
    {
      key: "order",
      title: t("order"),
      head: true,
      render: (row) => (row.order_number ? (row.provisional ? t("provisionalOf", { number: row.order_number }) : row.order_number) : t("provisional")),
    },
    show !== "buyer" && { key: "seller", title: t("seller"), render: (row) => row.seller.name },
    show !== "seller" && { key: "buyer", title: t("buyer"), render: (row) => row.buyer.name },
    { key: "ordered", title: t("ordered"), align: "right", render: (row) => <Money value={row.ordered} currency={row.currency} /> },
    { key: "documents", title: t("documents"), align: "right", wide: true, render: (row) => row.documents },
    {
      key: "differences",
      title: t("differences"),
      render: (row) =>
        row.mismatches > 0 ? <StatusTag tone="attention">{t("differenceCount", { count: row.mismatches })}</StatusTag> : <span className="muted">{t("noDifferences")}</span>,
    },
    {
      key: "right",
      title: t("right"),
      render: (row) =>
        row.right ? (
          <StatusTag tone={row.right.poolable ? "done" : row.right.rung > 0 ? "running" : "idle"}>
            {t("rungOf", { rung: row.right.rung, name: code("rung", String(row.right.rung)) })}
          </StatusTag>
        ) : (
          <span className="muted">—</span>
        ),
    },
    { key: "supported", title: t("supported"), align: "right", render: (row) => <Money value={row.right?.supported} currency={row.right?.currency ?? row.currency} /> },
    { key: "updated", title: t("updated"), wide: true, render: (row) => <Time value={row.updated_at} /> },
  ];
  return columns.filter((column) => column !== false);
}
