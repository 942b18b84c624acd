import type { Right, RightLine } from "../../api/types";
import { formatExact, formatShare } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Quantity } from "../../shared/ui/figures";
import { messages } from "./messages";

/** quantity × unit value + tax − reductions = base; base × rate = supported. */
export function Calculation({ right }: { right: Right }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<RightLine>[] = [
    {
      key: "item",
      title: t("item"),
      head: true,
      wrap: true,
      render: (line) => (
        <span className="two-lines">
          <span>{line.item || "—"}</span>
          {line.order_line && <span className="meta">{t("line", { line: line.order_line })}</span>}
        </span>
      ),
    },
    { key: "quantity", title: t("quantity"), align: "right", render: (line) => <Quantity value={line.quantity} unit={line.unit} /> },
    { key: "unit_value", title: `× ${t("unitValue")}`, align: "right", render: (line) => <span className="num">{formatExact(line.unit_value, 2)}</span> },
    { key: "value", title: `= ${t("value")}`, align: "right", render: (line) => <Money value={line.value} currency={right.currency} /> },
    { key: "tax", title: `+ ${t("tax")}`, align: "right", render: (line) => <Money value={line.tax} currency={right.currency} /> },
  ];
  return (
    <>
      {right.lines.length > 0 && (
        <div className="calculation-lines">
          <DataTable caption={t("howTitle")} columns={columns} rows={right.lines} rowKey={(line) => `${line.order_line ?? ""}-${right.lines.indexOf(line)}`} />
        </div>
      )}
      <dl className="sum">
        {right.reductions.map((row, position) => (
          <div key={position} data-testid="reduction" data-reason={row.reason}>
            <dt>{t("reduction", { reason: code("reduction", row.reason), document: row.document })}</dt>
            <dd>
              − <Money value={row.amount} currency={right.currency} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("base")}</dt>
          <dd>
            <Money value={right.base} currency={right.currency} />
          </dd>
        </div>
        {right.rate && (
          <div>
            <dt>{t("rate")}</dt>
            <dd className="num">{formatShare(right.rate)}</dd>
          </div>
        )}
        <div className="sum-total">
          <dt>{t("result")}</dt>
          <dd>
            <Money value={right.supported} currency={right.currency} wan />
          </dd>
        </div>
      </dl>
    </>
  );
}
