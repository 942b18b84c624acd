import type { DocumentLine } from "../../api/types";
import { formatExact, isZero } from "../../shared/format/decimal";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Quantity } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

/** A document's lines; columns that no line fills are left out. */
export function Lines({ lines, currency }: { lines: readonly DocumentLine[]; currency: string | null }) {
  const t = useText(messages);
  const any = (pick: (line: DocumentLine) => string | null | undefined) => lines.some((line) => !isZero(pick(line)));

  const columns: (Column<DocumentLine> | false)[] = [
    {
      key: "item",
      title: t("item"),
      head: true,
      wrap: true,
      render: (line) => (
        <span className="two-lines">
          <span>{line.item_name || line.item_description || line.seller_item_id || line.buyer_item_id || line.note || "—"}</span>
          <span className="meta">
            {t("line")} {line.id}
          </span>
        </span>
      ),
    },
    { key: "quantity", title: t("quantity"), align: "right", render: (line) => <Quantity value={line.quantity} unit={line.unit} /> },
    any((line) => line.rejected) && { key: "rejected", title: t("rejected"), align: "right", render: (line) => <Quantity value={line.rejected} unit={line.unit} /> },
    any((line) => line.short) && { key: "short", title: t("short"), align: "right", render: (line) => <Quantity value={line.short} unit={line.unit} /> },
    any((line) => line.price) && {
      key: "price",
      title: t("price"),
      align: "right",
      render: (line) => (
        <span className="num">
          {line.price ? formatExact(line.price, 2) : "—"}
          {line.price && line.price_base_quantity && Number(line.price_base_quantity) !== 1 && (
            <span className="muted"> {t("perQuantity", { quantity: formatExact(line.price_base_quantity) })}</span>
          )}
        </span>
      ),
    },
    any((line) => line.amount) && { key: "amount", title: t("amount"), align: "right", render: (line) => <Money value={line.amount} currency={currency} /> },
    any((line) => line.tax) && { key: "tax", title: t("tax"), align: "right", render: (line) => <Money value={line.tax} currency={currency} /> },
  ];
  return (
    <Section title={t("linesTitle")}>
      <DataTable
        caption={t("linesTitle")}
        columns={columns.filter((column) => column !== false)}
        rows={lines}
        rowKey={(line) => `${line.id}-${lines.indexOf(line)}`}
        testId="document-line"
      />
    </Section>
  );
}
