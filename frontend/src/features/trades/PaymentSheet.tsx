import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Money } from "../../shared/ui/figures";
import { messages } from "./messages";
import type { PaymentContent } from "./paymentContent";

type Paper = PaymentContent["documents"][number];

/** What a payment is confirmed over, read from the content itself; the exact text folded below it. */
export function PaymentSheet({ content, text }: { content: PaymentContent | null; text: string }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<Paper>[] = [
    { key: "document", title: t("documents"), head: true, wrap: true, render: (row) => `${code("documentKind", row.kind)} ${row.number}` },
    { key: "total", title: t("paperTotal"), align: "right", render: (row) => <Money value={row.total} currency={row.currency} /> },
  ];
  return (
    <div className="stack-tight" data-testid="payment-sheet">
      {content ? (
        <>
          <Facts
            facts={[
              [t("payee"), content.payee],
              [t("debtor"), content.debtor],
              [t("order"), content.order_number],
              [t("currency"), content.currency],
            ]}
          />
          {content.documents.length > 0 ? (
            <DataTable caption={t("payOver")} columns={columns} rows={content.documents} rowKey={(row) => row.id} testId="payment-sheet-document" />
          ) : (
            <p className="note note-attention">{t("payOverNothing")}</p>
          )}
        </>
      ) : (
        <p className="muted">{t("payUnknownFormat")}</p>
      )}
      <details open={content === null}>
        <summary className="meta">{t("payExact")}</summary>
        <pre className="statement" tabIndex={0} data-testid="payment-content">
          {text}
        </pre>
      </details>
    </div>
  );
}
