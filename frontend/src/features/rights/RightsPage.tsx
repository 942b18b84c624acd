import { useList, useSession } from "../../api/queries";
import type { Right } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { ExportButton } from "../../shared/ui/ExportButton";
import { Choice, DateField, FilterBar, SearchField } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { stateShown } from "../../shared/trade/RightStateTag";
import { messages } from "./messages";

const FILTERS = ["search", "rung", "poolable", "state", "buyer", "due_from", "due_to", "sort"] as const;
const RUNGS = ["0", "1", "2", "3", "4", "5"] as const;
const STATES = ["free", "encumbered", "paid", "settled"] as const;
const SORTS = ["newest", "due", "amount"] as const;

export default function RightsPage() {
  const t = useText(messages);
  const code = useCodes();
  const { filters, set, clear } = useFilters(FILTERS);
  const list = useList("/api/v1/rights", filters);
  const columns = useColumns();
  useListKeys();
  return (
    <Page title={t("title")} lead={t("lead")} action={list.rows.length > 0 && <ExportButton path="/api/v1/rights/export" filters={filters} name={t("listTitle")} testId="export" />}>
      <FilterBar onClear={clear}>
        <SearchField label={t("search")} placeholder={t("searchHint")} value={filters.search} onChange={(value) => set("search", value)} />
        <Choice label={t("rung")} value={filters.rung} onChange={(value) => set("rung", value)} options={RUNGS.map((rung) => [rung, code("rung", rung)])} testId="filter-rung" />
        <Choice label={t("poolableFilter")} value={filters.poolable} onChange={(value) => set("poolable", value)} options={[["yes", t("yes")], ["no", t("no")]]} testId="filter-poolable" />
        <Choice label={t("state")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, code("rightState", state)])} testId="filter-state" />
        <DateField label={t("dueFrom")} value={filters.due_from} onChange={(value) => set("due_from", value)} />
        <DateField label={t("dueTo")} value={filters.due_to} onChange={(value) => set("due_to", value)} />
        <Choice label={t("sort")} value={filters.sort || "newest"} any={null} onChange={(value) => set("sort", value === "newest" ? "" : value)} options={SORTS.map((sort) => [sort, t(`sort_${sort}`)])} testId="sort" />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} href={(row) => `/rights/${row.id}`} testId="right-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">{clear ? <Empty title={t("nothingFound")}>{t("nothingFoundText")}</Empty> : <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>}</section>
        )}
      </Loaded>
    </Page>
  );
}

function useColumns(): Column<Right>[] {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const roles = session.data?.roles ?? [];
  const columns: (Column<Right> | false)[] = [
    { key: "order", title: t("order"), head: true, render: (row) => row.order_number || t("provisional") },
    !roles.includes("supplier") && { key: "seller", title: t("seller"), render: (row) => row.seller.name },
    !roles.includes("core_enterprise") && { key: "buyer", title: t("buyer"), render: (row) => row.buyer.name },
    {
      key: "rung",
      title: t("rung"),
      render: (row) => (
        <StatusTag tone={row.poolable ? "done" : row.rung > 0 ? "running" : "idle"}>{t("rungOf", { rung: row.rung, name: code("rung", String(row.rung)) })}</StatusTag>
      ),
    },
    { key: "state", title: t("state"), render: (row) => code("rightState", stateShown(row)) },
    { key: "supported", title: t("supported"), align: "right", render: (row) => <Money value={row.supported} currency={row.currency} /> },
    { key: "due", title: t("due"), render: (row) => <DueCell row={row} /> },
    { key: "days", title: t("daysEarlier"), align: "right", wide: true, render: (row) => <span className="num">{row.days_earlier ?? "—"}</span> },
  ];
  return columns.filter((column) => column !== false);
}

function DueCell({ row }: { row: Right }) {
  const t = useText(messages);
  if (!row.expected_due_date) return <span className="muted">—</span>;
  return (
    <span>
      <Day value={row.expected_due_date} />
      {!row.due_date && <span className="muted"> {t("expected")}</span>}
    </span>
  );
}
