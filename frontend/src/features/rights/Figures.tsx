import type { RightDetail, RightLine } from "../../api/types";
import { formatExact, formatShare } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Quantity } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Opens, type Figure } from "./figure";
import { messages } from "./messages";

interface FiguresProps {
  right: RightDetail;
  onOpen: (figure: Figure) => void;
}

/** quantity × unit value + tax − reductions = base; base × rate = supported. Every number opens to its lines. */
export function Figures({ right, onOpen }: FiguresProps) {
  const t = useText(messages);
  const code = useCodes();
  const columns = useColumns({ right, onOpen });
  return (
    <Section title={t("howTitle")} note={t("howNote")} testId="figures">
      {right.lines.length > 0 && <DataTable caption={t("howTitle")} columns={columns} rows={right.lines} rowKey={(line) => String(right.lines.indexOf(line))} />}
      <dl className="sum">
        {right.reductions.map((row, position) => {
          const name = t("reduction", { reason: code("reduction", row.reason), document: row.document });
          return (
            <div key={position} data-testid="reduction" data-reason={row.reason}>
              <dt>{name}</dt>
              <dd>
                −{" "}
                <Opens figure={{ kind: "reduction", row: position }} name={name} onOpen={onOpen}>
                  <Money value={row.amount} currency={right.currency} />
                </Opens>
              </dd>
            </div>
          );
        })}
        <div>
          <dt>{t("baseRow")}</dt>
          <dd>
            <Opens figure={{ kind: "base" }} name={t("base")} onOpen={onOpen} testId="open-base">
              <Money value={right.base} currency={right.currency} />
            </Opens>
          </dd>
        </div>
        {right.rate && (
          <div>
            <dt>{t("rateRow")}</dt>
            <dd className="num">{formatShare(right.rate)}</dd>
          </div>
        )}
        <div className="sum-total">
          <dt>{t("resultRow")}</dt>
          <dd>
            <Opens figure={{ kind: "supported" }} name={t("supported")} onOpen={onOpen}>
              <Money value={right.supported} currency={right.currency} wan />
            </Opens>
          </dd>
        </div>
      </dl>
    </Section>
  );
}

function useColumns({ right, onOpen }: FiguresProps): Column<RightLine>[] {
  const t = useText(messages);
  const at = (line: RightLine) => right.lines.indexOf(line);
  return [
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
    {
      key: "quantity",
      title: t("quantity"),
      align: "right",
      render: (line) => (
        <Opens figure={{ kind: "quantity", row: at(line) }} name={`${line.item} ${t("quantity")}`} onOpen={onOpen}>
          <Quantity value={line.quantity} unit={line.unit} />
        </Opens>
      ),
    },
    {
      key: "unit_value",
      title: `× ${t("unitValue")}`,
      align: "right",
      render: (line) => (
        <Opens figure={{ kind: "unitValue", row: at(line) }} name={`${line.item} ${t("unitValue")}`} onOpen={onOpen}>
          <span className="num">{line.unit_value ? formatExact(line.unit_value, 2) : "—"}</span>
        </Opens>
      ),
    },
    {
      key: "value",
      title: `= ${t("value")}`,
      align: "right",
      render: (line) => (
        <Opens figure={{ kind: "rowValue", row: at(line) }} name={`${line.item} ${t("value")}`} onOpen={onOpen} testId="open-value">
          <Money value={line.value} currency={right.currency} />
        </Opens>
      ),
    },
    {
      key: "tax",
      title: `+ ${t("tax")}`,
      align: "right",
      render: (line) => (
        <Opens figure={{ kind: "rowTax", row: at(line) }} name={`${line.item} ${t("tax")}`} onOpen={onOpen}>
          <Money value={line.tax} currency={right.currency} />
        </Opens>
      ),
    },
  ];
}
