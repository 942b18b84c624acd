import { Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { LoanDetail, LoanPayment } from "../../api/types";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { TypedAmountDialog } from "../../shared/ui/TypedAmountDialog";
import { messages } from "./messages";
import { PaymentTag } from "./tags";

/** What came in, and what it was used for. */
export function Payments({ loan }: { loan: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const list = useList("/api/v1/financing/payments", { loan: loan.id });
  return (
    <Section title={t("payments")} testId="payments">
      <Loaded query={list} hasData={list.data !== undefined} rows={2}>
        {list.rows.length === 0 ? (
          <p className="muted">{t("noPayments")}</p>
        ) : (
          <>
            <DataTable
              caption={t("payments")}
              rows={list.rows}
              rowKey={(row) => row.id}
              testId="payment-row"
              columns={[
                { key: "amount", title: t("amount"), head: true, render: (row) => <Money value={row.amount} currency={row.currency} /> },
                { key: "payer", title: t("payer"), wrap: true, render: (row) => [code("payer", row.payer), row.order_number].filter(Boolean).join(" · ") },
                { key: "day", title: t("receivedOn"), render: (row) => <Day value={row.received_on} /> },
                { key: "reference", title: t("bankReference"), wrap: true, render: (row) => row.bank_reference },
                { key: "state", title: t("state"), render: (row) => <PaymentTag state={row.state} /> },
                {
                  key: "used",
                  title: t("usedFor"),
                  wrap: true,
                  render: (row) =>
                    (row.allocations.length > 0 || row.reason) && (
                      <div>
                        {row.allocations.map((part) => (
                          <div key={part.part}>
                            <span className="meta">{code("allocationPart", part.part)}</span> <Money value={part.amount} currency={row.currency} />
                          </div>
                        ))}
                        {row.reason && <span className="meta">{row.reason}</span>}
                      </div>
                    ),
                },
                { key: "action", title: t("action"), action: true, render: (row) => <PaymentActions row={row} /> },
              ]}
            />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

const AT_ONCE = ["reverse", "take_back_reversal"];

function PaymentActions({ row }: { row: LoanPayment }) {
  const t = useText(messages);
  const code = useCodes();
  const [dialog, open] = useState("");
  const close = () => open("");
  const path = { params: { path: { id: row.id } } };
  const confirm = useAct((amount: string) => data(api.POST("/api/v1/financing/payments/{id}/confirm", { ...path, body: { amount } })), close);
  const reject = useAct((reason: string) => data(api.POST("/api/v1/financing/payments/{id}/reject", { ...path, body: { reason } })), close);
  const propose = useAct((reason: string) => data(api.POST("/api/v1/financing/payments/{id}/propose-reversal", { ...path, body: { reason } })), close);
  const atOnce = useAct((action: string) => (action === "reverse" ? data(api.POST("/api/v1/financing/payments/{id}/reverse", path)) : data(api.POST("/api/v1/financing/payments/{id}/take-back-reversal", path))));
  const title = code("paymentAction", dialog);
  return (
    <>
      <div className="actions">
        {row.allowed_actions.map((action) => (
          <Button
            key={action}
            size="small"
            type={action === "confirm" ? "primary" : "default"}
            onClick={() => (AT_ONCE.includes(action) ? atOnce.mutate(action) : open(action))}
            data-testid={`payment-${action.replaceAll("_", "-")}`}
          >
            {code("paymentAction", action)}
          </Button>
        ))}
      </div>
      <InlineFailure error={atOnce.error} />
      {dialog === "confirm" && (
        <TypedAmountDialog title={t("confirmPayment")} action={title} amount={row.amount} currency={row.currency} facts={[
            [t("payer"), [code("payer", row.payer), row.order_number].filter(Boolean).join(" · ")],
            [t("receivedOn"), <Day key="day" value={row.received_on} />],
            [t("bankReference"), row.bank_reference],
          ]} act={confirm} onClose={close}>
          <p>{t("confirmWhat")}</p>
        </TypedAmountDialog>
      )}
      {dialog === "reject" && <ReasonDialog title={title} what={t("rejectWhat")} action={title} required act={reject} onClose={close} />}
      {dialog === "propose_reversal" && <ReasonDialog title={title} what={t("reversalWhat")} action={title} required act={propose} onClose={close} />}
    </>
  );
}
