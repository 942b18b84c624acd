import WarningOutlined from "@ant-design/icons/WarningOutlined";

import { formatExact, isZero } from "../../shared/format/decimal";
import type { CodeText } from "../../shared/i18n/LanguageProvider";
import type { Column } from "../../shared/ui/DataTable";
import { Money, Quantity } from "../../shared/ui/figures";
import type { messages } from "./messages";
import { namedOtherwise, type Statement, type StatementLine } from "./statement";

type Say = (key: keyof typeof messages, params?: Record<string, string | number>) => string;

/** One column for each figure that some line of the statement has. */
export function lineColumns({ kind, lines, currency }: Statement["document"], t: Say, code: CodeText): Column<StatementLine>[] {
  const some = (key: keyof StatementLine) => lines.some((line) => line[key]);
  const someNonzero = (key: "rejected" | "short" | "allowances" | "charges") => lines.some((line) => !isZero(line[key]));
  const money = (key: "allowances" | "charges" | "amount"): Column<StatementLine> => ({
    key,
    title: t(key),
    align: "right",
    render: (line) => <Money value={line[key]} currency={currency} />,
  });
  const quantity = (key: "rejected" | "short"): Column<StatementLine> => ({ key, title: t(key), align: "right", render: (line) => <Quantity value={line[key]} unit={line.unit} /> });
  const columns: (Column<StatementLine> | false)[] = [
    { key: "item", title: t("item"), head: true, wrap: true, render: (line) => <Item line={line} t={t} /> },
    kind !== "order" && some("order_line") && { key: "order", title: t("orderLine"), wrap: true, render: (line) => <OrderLine line={line} t={t} /> },
    { key: "quantity", title: t("quantity"), align: "right", render: (line) => <Quantity value={line.quantity} unit={line.unit} /> },
    someNonzero("rejected") && quantity("rejected"),
    someNonzero("short") && quantity("short"),
    some("price") && { key: "price", title: t("price"), align: "right", render: (line) => <Price line={line} t={t} code={code} /> },
    someNonzero("allowances") && money("allowances"),
    someNonzero("charges") && money("charges"),
    some("amount") && money("amount"),
    (some("tax") || some("tax_percent")) && {
      key: "tax",
      title: t("tax"),
      align: "right",
      render: (line) => (
        <span>
          {line.tax && <Money value={line.tax} currency={currency} />} {line.tax_percent && <span className="muted num">{formatExact(line.tax_percent)}%</span>}
          {!line.tax && !line.tax_percent && <span className="muted">—</span>}
        </span>
      ),
    },
  ];
  return columns.filter((column) => column !== false);
}

function Item({ line, t }: { line: StatementLine; t: Say }) {
  const ids = ([["buyerItem", line.buyer_item_id], ["sellerItem", line.seller_item_id], ["standardItem", line.standard_item_id]] as const).filter(([, id]) => id && id !== line.item);
  return (
    <span className="two-lines">
      <span>{line.item || "—"}</span>
      <span className="meta">{t("line", { line: line.id })}</span>
      {ids.map(([key, id]) => (
        <span key={key} className="meta">
          {t(key, { id: id ?? "" })}
        </span>
      ))}
    </span>
  );
}

function OrderLine({ line, t }: { line: StatementLine; t: Say }) {
  if (!line.order_line) return <span className="attention-word">{t("noOrderLine")}</span>;
  const { id, item } = line.order_line;
  return (
    <span className="two-lines" data-testid="order-line">
      {namedOtherwise(line) ? (
        <span className="differs" data-testid="order-line-differs">
          <WarningOutlined aria-label={t("namedOtherwise")} title={t("namedOtherwise")} role="img" />
          {item}
        </span>
      ) : (
        <span>{item || "—"}</span>
      )}
      <span className="meta">{t("line", { line: id })}</span>
    </span>
  );
}

function Price({ line, t, code }: { line: StatementLine; t: Say; code: CodeText }) {
  if (!line.price) return <span className="muted">—</span>;
  const base = line.price_base_quantity;
  return (
    <span className="num">
      {formatExact(line.price, 2)}
      {base && formatExact(base) !== "1" && <span className="muted"> {t("perUnits", { quantity: formatExact(base), unit: line.unit ? code("unit", line.unit, {}, line.unit) : "" })}</span>}
    </span>
  );
}
