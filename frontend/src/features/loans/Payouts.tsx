import { Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { LoanDetail, Payout } from "../../api/types";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { TypedAmountDialog } from "../../shared/ui/TypedAmountDialog";
import { messages } from "./messages";
import { PayoutTag } from "./tags";

/** The supplier's surplus as it was paid out, and what the debtor got back; nothing where there was neither. */
export function Payouts({ loan }: { loan: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const list = useList("/api/v1/financing/payouts", { loan: loan.id });
  if (list.rows.length === 0) return null;
  return (
    <Section title={t("payouts")}>
      <DataTable
        caption={t("payouts")}
        rows={list.rows}
        rowKey={(row) => row.id}
        testId="payout-row"
        columns={[
          { key: "amount", title: t("amount"), head: true, render: (row) => <Money value={row.amount} currency={row.currency} /> },
          { key: "payee", title: t("payee"), render: (row) => code("payer", row.payee) },
          { key: "day", title: t("paidOn"), render: (row) => <Day value={row.paid_on} /> },
          { key: "reference", title: t("bankReference"), wrap: true, render: (row) => row.bank_reference },
          { key: "state", title: t("state"), render: (row) => <PayoutTag state={row.state} /> },
          { key: "action", title: t("action"), action: true, render: (row) => <PayoutActions row={row} /> },
        ]}
      />
    </Section>
  );
}

function PayoutActions({ row }: { row: Payout }) {
  const t = useText(messages);
  const code = useCodes();
  const [dialog, open] = useState("");
  const close = () => open("");
  const path = { params: { path: { id: row.id } } };
  const confirm = useAct((amount: string) => data(api.POST("/api/v1/financing/payouts/{id}/confirm", { ...path, body: { amount } })), close);
  const reject = useAct((reason: string) => data(api.POST("/api/v1/financing/payouts/{id}/reject", { ...path, body: { reason } })), close);
  const title = code("paymentAction", dialog);
  return (
    <div className="actions">
      {row.allowed_actions.map((action) => (
        <Button key={action} size="small" type={action === "confirm" ? "primary" : "default"} onClick={() => open(action)} data-testid={`payout-${action}`}>
          {code("paymentAction", action)}
        </Button>
      ))}
      {dialog === "confirm" && (
        <TypedAmountDialog title={t("confirmPayout")} action={title} amount={row.amount} currency={row.currency} facts={[
            [t("payee"), code("payer", row.payee)],
            [t("paidOn"), <Day key="day" value={row.paid_on} />],
            [t("bankReference"), row.bank_reference],
          ]} act={confirm} onClose={close}>
          <p>{t("confirmWhat")}</p>
        </TypedAmountDialog>
      )}
      {dialog === "reject" && <ReasonDialog title={title} what={t("rejectWhat")} action={title} required act={reject} onClose={close} />}
    </div>
  );
}
