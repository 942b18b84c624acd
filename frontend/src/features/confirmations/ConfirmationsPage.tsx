import { useList } from "../../api/queries";
import type { ConfirmationRow } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Segments } from "../../shared/ui/Segments";
import { Empty, Loaded } from "../../shared/ui/states";
import { ConfirmationTag } from "../../shared/ui/status";
import { StatusTag } from "../../shared/ui/StatusTag";
import { TypedIn } from "../../shared/ui/TypedIn";
import { messages } from "./messages";

const FILTERS = ["state"] as const;
const DEFAULTS = { state: "pending" } as const;

export default function ConfirmationsPage() {
  const t = useText(messages);
  const { filters, set, search } = useFilters(FILTERS, DEFAULTS);
  const list = useList("/api/v1/confirmations", { state: filters.state });
  const columns = useColumns();
  const pending = filters.state === "pending";
  useListKeys();

  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className="spread">
        <Segments
          label={t("view")}
          value={filters.state}
          onChange={(value) => set("state", value)}
          options={[
            ["pending", t("pending")],
            ["confirmed", t("confirmed")],
            ["disputed", t("disputed")],
          ]}
        />
        <span className="hint-keys">{t("keys")}</span>
      </div>
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {list.rows.length > 0 ? (
          <>
            <DataTable
              caption={t("listTitle")}
              columns={columns}
              rows={list.rows}
              rowKey={(row) => row.id}
              href={(row) => `/confirmations/${row.id}${search}`}
              testId="queue-row"
            />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <section className="card">
            <Empty title={pending ? t("emptyPending") : t("emptyOther")}>{pending ? t("emptyPendingText") : t("emptyOtherText")}</Empty>
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function useColumns(): Column<ConfirmationRow>[] {
  const t = useText(messages);
  const code = useCodes();
  return [
    {
      key: "document",
      title: t("document"),
      head: true,
      render: (row) => (
        <span className="two-lines">
          <span>
            {code("documentKind", row.document.kind)} {row.document.number}
          </span>
          {row.document.typed_in_by && (
            <span>
              <TypedIn by={row.document.typed_in_by} />
            </span>
          )}
        </span>
      ),
    },
    { key: "supplier", title: t("supplier"), render: (row) => row.supplier.name },
    { key: "order", title: t("order"), wide: true, render: (row) => row.trade.order_number || <span className="muted">—</span> },
    { key: "amount", title: t("amount"), align: "right", render: (row) => <Money value={row.amount} currency={row.currency} /> },
    {
      key: "differences",
      title: t("differences"),
      render: (row) =>
        row.mismatches > 0 ? (
          <StatusTag tone="attention">{t("differenceCount", { count: row.mismatches })}</StatusTag>
        ) : (
          <StatusTag tone="done">{t("noDifferences")}</StatusTag>
        ),
    },
    {
      key: "deadline",
      title: t("deadline"),
      render: (row) => (
        <span className="tags">
          <Time value={row.deadline} />
          {row.state === "pending" && new Date(row.deadline).getTime() < Date.now() && <StatusTag tone="refused">{t("overdue")}</StatusTag>}
        </span>
      ),
    },
    { key: "state", title: t("state"), render: (row) => <ConfirmationTag state={row.state} /> },
  ];
}
