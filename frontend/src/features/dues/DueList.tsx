import { Button } from "antd";
import { Link } from "react-router";

import { useList } from "../../api/queries";
import type { Due } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import type { Side } from "./DuesPage";
import { messages } from "./messages";

interface DueListProps {
  side: Side;
  on?: string;
  undated?: boolean;
  onShowAll?: () => void;
}

/** The claims behind the sums, those due first before the others. */
export function DueList({ side, on = "", undated = false, onShowAll }: DueListProps) {
  const t = useText(messages);
  const list = useList("/api/v1/financing/dues", { side, ...(undated ? { undated: "true" } : { on }) });
  const title = undated ? t("undated") : on ? t("dueOn", { date: on }) : t("dueAll");
  const columns = useColumns(side, undated);
  return (
    <Section
      title={title}
      note={undated ? t("undatedNote") : undefined}
      action={on && !undated ? <Button onClick={onShowAll}>{t("showAll")}</Button> : undefined}
      testId={undated ? "undated-dues" : "dues"}
    >
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length > 0 ? (
          <>
            <DataTable caption={title} columns={columns} rows={list.rows} rowKey={(row) => row.right} href={(row) => `/trades/${row.trade}`} testId="due-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        ) : (
          <Nothing side={side} />
        )}
      </Loaded>
    </Section>
  );
}

function Nothing({ side }: { side: Side }) {
  const t = useText(messages);
  const payable = side === "payable";
  return (
    <Empty title={t("emptyTitle")} action={<Link to={payable ? "/confirmations" : "/documents"}>{t(payable ? "toConfirm" : "toUpload")}</Link>}>
      {t(payable ? "emptyPayable" : "emptyReceivable")}
    </Empty>
  );
}

function useColumns(side: Side, undated: boolean): Column<Due>[] {
  const t = useText(messages);
  const code = useCodes();
  const payable = side === "payable";
  const columns: (Column<Due> | false)[] = [
    { key: "order", title: t("order"), head: true, render: (row) => row.order_number || t("orderMissing") },
    !undated && { key: "due", title: t("due"), render: (row) => <Day value={row.due_date} /> },
    { key: "amount", title: t("amount"), align: "right", render: (row) => <Money value={row.amount} currency={row.currency} /> },
    payable && {
      key: "payee",
      title: t("payee"),
      wrap: true,
      render: (row) => (
        <>
          {row.payee.name} {row.payee.id !== row.seller.id && <StatusTag tone="attention">{t("assigned")}</StatusTag>}
        </>
      ),
    },
    payable && { key: "seller", title: t("seller"), wide: true, wrap: true, render: (row) => row.seller.name },
    { key: "debtor", title: t("debtor"), wide: payable, wrap: true, render: (row) => row.debtor },
    {
      key: "standing",
      title: t("standing"),
      render: (row) => <StatusTag tone={row.certain ? "done" : "idle"}>{t(row.certain ? "owed" : "notOwed")}</StatusTag>,
    },
    { key: "rung", title: t("rung"), wide: true, render: (row) => <span className="muted">{code("rung", String(row.rung))}</span> },
  ];
  return columns.filter((column) => column !== false);
}
