import { Link } from "react-router";

import type { TradeDetail } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

type Clearing = TradeDetail["cleared_beyond"][number];

/** What of each invoice is credited, paid and open, by which documents; and what was paid beyond what is billed. */
export function Invoices({ trade }: { trade: TradeDetail }) {
  const t = useText(messages);
  if (trade.invoices.length === 0) return null;
  const cleared = trade.invoices.some((row) => row.clearings.length > 0);
  return (
    <Section title={t("invoicesTitle")} note={t("invoicesNote")} testId="trade-invoices">
      {trade.cleared_beyond.map((each, position) => (
        <p key={position} className="note note-attention" data-testid="cleared-beyond">
          <ToneIcon tone="attention" />{" "}
          <span>
            {t(each.invoice ? "clearedBeyond" : "clearedBeyondAll", { invoice: each.invoice })} <ClearedBy clearing={each} currency={trade.currency} />
          </span>
        </p>
      ))}
      <DataTable
        caption={t("invoicesTitle")}
        rows={trade.invoices}
        rowKey={(row) => row.document}
        href={(row) => `/documents/${row.document}`}
        testId="trade-invoice"
        columns={[
          {
            key: "number",
            title: t("invoice"),
            head: true,
            wrap: true,
            render: (row) => row.number,
          },
          { key: "due", title: t("invoiceDue"), render: (row) => <Day value={row.due_date} /> },
          { key: "billed", title: t("billed"), align: "right", render: (row) => <Money value={row.billed} currency={row.currency} /> },
          { key: "credited", title: t("credited"), align: "right", render: (row) => <Money value={row.credited} currency={row.currency} /> },
          { key: "paid", title: t("invoicePaid"), align: "right", render: (row) => <Money value={row.paid} currency={row.currency} /> },
          { key: "open", title: t("openAmount"), align: "right", render: (row) => <Money value={row.open} currency={row.currency} /> },
        ]}
      />
      {cleared && (
        <ul className="findings" aria-label={t("clearedBy")}>
          {trade.invoices.flatMap((row) =>
            row.clearings.map((each, position) => (
              <li key={`${row.document}-${position}`} data-testid="clearing">
                <ToneIcon tone="idle" />
                <span>
                  {trade.invoices.length > 1 && `${row.number} ← `}
                  <ClearedBy clearing={each} currency={row.currency} />
                </span>
              </li>
            )),
          )}
        </ul>
      )}
    </Section>
  );
}

function ClearedBy({ clearing, currency }: { clearing: Clearing; currency: string }) {
  const t = useText(messages);
  const code = useCodes();
  const name = `${code("documentKind", clearing.kind)} ${clearing.number}`;
  return (
    <>
      {clearing.document ? <Link to={`/documents/${clearing.document}`}>{name}</Link> : name} · <Day value={clearing.issue_date} /> · <Money value={clearing.amount} currency={currency} />
      {!clearing.document && <span className="meta"> {t("filedElsewhere")}</span>}
    </>
  );
}
