import type { TradeDetail } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

/** What single documents say against themselves, and quantities that are still open: to know, not to contradict. */
export function Findings({ trade }: { trade: TradeDetail }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <>
      {trade.open_quantities.length > 0 && (
        <Section title={t("openTitle")}>
          <ul className="findings">
            {trade.open_quantities.map((row, position) => (
              <li key={position} data-testid="open-quantity">
                <ToneIcon tone="idle" />
                <span>{t("openOf", { document: row.document, line: row.line, quantity: formatExact(row.quantity), unit: code("unit", row.unit, {}, row.unit) })}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {trade.remarks.length > 0 && (
        <Section title={t("remarksTitle")}>
          <ul className="findings">
            {trade.remarks.map((row, position) => (
              <li key={position} data-testid="remark" data-rule={row.rule}>
                <ToneIcon tone="idle" />
                <div>
                  {code("remark", row.rule, row.params, row.detail)}
                  {row.document && <div className="meta">{row.document}</div>}
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
