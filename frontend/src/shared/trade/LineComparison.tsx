import WarningOutlined from "@ant-design/icons/WarningOutlined";
import type { ReactNode } from "react";

import type { TradeLine } from "../../api/types";
import { formatExact, isZero } from "../format/decimal";
import { useCodes, useText } from "../i18n/LanguageProvider";
import { DataTable, type Column } from "../ui/DataTable";
import { Quantity } from "../ui/figures";
import { words } from "./words";

type Cell = "ordered" | "despatched" | "received" | "invoiced" | "order_price" | "invoice_price" | "item";

/** Which cells a rule is about: the found one is marked. */
const MARKED: Readonly<Record<string, readonly Cell[]>> = {
  invoiced_over_received: ["invoiced"],
  invoiced_over_ordered: ["invoiced"],
  despatched_over_ordered: ["despatched"],
  received_over_despatched: ["received"],
  received_over_ordered: ["received"],
  unit_price_differs: ["invoice_price"],
  amount_over_ordered: ["invoiced"],
  unit_differs: ["item"],
  unit_missing: ["item"],
  item_differs: ["item"],
  item_not_ordered: ["item"],
};

interface Props {
  lines: readonly TradeLine[];
  currency: string | null;
}

/** Ordered, despatched, received, invoiced and prices of each line side by side; differences by icon, word and tint. */
export function LineComparison({ lines, currency }: Props) {
  const t = useText(words);
  const code = useCodes();
  if (lines.length === 0) return <p className="muted">{t("noLines")}</p>;

  const differs = (line: TradeLine, cell: Cell) => line.differences.some((rule) => MARKED[rule]?.includes(cell));
  const quantity = (line: TradeLine, cell: "ordered" | "despatched" | "received" | "invoiced", value: string | null) => (
    <Marked on={differs(line, cell)} word={t("differs")}>
      <Quantity value={value} />
    </Marked>
  );
  const price = (line: TradeLine, cell: "order_price" | "invoice_price", value: string | null) => (
    <Marked on={differs(line, cell)} word={t("differs")}>
      <span className="num">{value === null ? "—" : formatExact(value, 2)}</span>
    </Marked>
  );
  const some = (pick: (line: TradeLine) => string | null) => lines.some((line) => !isZero(pick(line)));
  const suffix = currency ? ` (${currency})` : "";

  const columns: (Column<TradeLine> | false)[] = [
    {
      key: "item",
      title: t("item"),
      head: true,
      wrap: true,
      render: (line) => (
        <span className="two-lines">
          <Marked on={differs(line, "item")} word={t("differs")}>
            {line.item || "—"}
          </Marked>
          <span className="meta">
            {line.order_line && t("line", { line: line.order_line })}
            {line.unit && ` · ${code("unit", line.unit, {}, line.unit)}`}
          </span>
        </span>
      ),
    },
    { key: "ordered", title: t("ordered"), align: "right", render: (line) => quantity(line, "ordered", line.ordered) },
    { key: "despatched", title: t("despatched"), align: "right", render: (line) => quantity(line, "despatched", line.despatched) },
    {
      key: "received",
      title: t("received"),
      align: "right",
      render: (line) => (
        <span className="two-lines">
          {quantity(line, "received", line.received)}
          {!isZero(line.rejected) && <span className="meta">{t("rejected", { quantity: formatExact(line.rejected ?? "") })}</span>}
          {!isZero(line.short) && <span className="meta">{t("short", { quantity: formatExact(line.short ?? "") })}</span>}
        </span>
      ),
    },
    some((line) => line.rejected) && { key: "accepted", title: t("accepted"), align: "right", render: (line) => <Quantity value={line.accepted} /> },
    { key: "invoiced", title: t("invoiced"), align: "right", render: (line) => quantity(line, "invoiced", line.invoiced) },
    some((line) => line.credited) && { key: "credited", title: t("credited"), align: "right", render: (line) => <Quantity value={line.credited} /> },
    { key: "order_price", title: t("orderPrice") + suffix, align: "right", render: (line) => price(line, "order_price", line.order_price) },
    { key: "invoice_price", title: t("invoicePrice") + suffix, align: "right", render: (line) => price(line, "invoice_price", line.invoice_price) },
    lines.some((line) => line.differences.length > 0) && {
      key: "differences",
      title: t("remarks"),
      wrap: true,
      render: (line) =>
        line.differences.length > 0 && (
          <span className="two-lines">
            {line.differences.map((rule) => (
              <span key={rule} className="meta attention-word" data-rule={rule}>
                {code("rule", rule)}
              </span>
            ))}
          </span>
        ),
    },
  ];
  return (
    <DataTable
      caption={t("caption")}
      columns={columns.filter((column) => column !== false)}
      rows={lines}
      rowKey={(line) => `${line.order_line ?? ""}-${lines.indexOf(line)}`}
      testId="trade-line"
    />
  );
}

function Marked({ on, word, children }: { on: boolean; word: string; children: ReactNode }) {
  if (!on) return children;
  return (
    <span className="differs" data-testid="difference">
      <WarningOutlined aria-label={word} title={word} role="img" />
      {children}
    </span>
  );
}
