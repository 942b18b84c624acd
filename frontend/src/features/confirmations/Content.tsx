import { formatExact, isZero } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Quantity } from "../../shared/ui/figures";
import { messages } from "./messages";
import type { Statement, StatementLine } from "./statement";

/** The statement in readable form: every field of it and nothing else. */
export function Content({ statement }: { statement: Statement }) {
  const t = useText(messages);
  const code = useCodes();
  const { trade, document: paper } = statement;
  const columns: (Column<StatementLine> | false)[] = [
    {
      key: "item",
      title: t("item"),
      head: true,
      wrap: true,
      render: (line) => (
        <span className="two-lines">
          <span>{line.item || "—"}</span>
          <span className="meta">{t("line", { line: line.id })}</span>
        </span>
      ),
    },
    { key: "quantity", title: t("quantity"), align: "right", render: (line) => <Quantity value={line.quantity} unit={line.unit} /> },
    paper.lines.some((line) => !isZero(line.rejected)) && {
      key: "rejected",
      title: t("rejected"),
      align: "right",
      render: (line) => <Quantity value={line.rejected} />,
    },
    paper.lines.some((line) => line.price) && {
      key: "price",
      title: t("price"),
      align: "right",
      render: (line) => <span className="num">{line.price ? formatExact(line.price, 2) : "—"}</span>,
    },
    paper.lines.some((line) => line.amount) && {
      key: "amount",
      title: t("amount"),
      align: "right",
      render: (line) => <Money value={line.amount} currency={paper.currency} />,
    },
  ];
  return (
    <>
      <Facts
        facts={[
          [t("document"), `${code("documentKind", paper.kind)} ${paper.number}`],
          [t("order"), trade.order_number],
          [t("supplier"), trade.seller],
          [t("buyer"), trade.buyer],
          [t("issued"), paper.issue_date && <Day value={paper.issue_date} />],
          [t("due"), paper.due_date && <Day value={paper.due_date} />],
          [t("amount"), paper.total && <Money value={paper.total} currency={paper.currency} />],
          [t("digest"), <CopyText key="sm3" value={paper.sm3} head={16} label={t("digest")} />],
        ]}
      />
      {paper.lines.length > 0 && (
        <div className="content-lines">
          <DataTable
            caption={t("documentTitle")}
            columns={columns.filter((column) => column !== false)}
            rows={paper.lines}
            rowKey={(line) => `${line.id}-${paper.lines.indexOf(line)}`}
          />
        </div>
      )}
    </>
  );
}
