import { Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import type { LoanDetail } from "../../api/types";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Day } from "../../shared/ui/figures";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { InlineFailure } from "../../shared/ui/states";
import { TypedAmountDialog } from "../../shared/ui/TypedAmountDialog";
import { DisbursementDialog, PaymentDialog, PayoutDialog } from "./MoneyDialogs";
import { messages } from "./messages";

/** The first of these that may be done is what the loan waits for. */
const AWAITED = ["disburse", "propose_disbursement", "write_off", "record_payout", "record_payment"];
const AT_ONCE = ["take_back_disbursement", "take_back_write_off"] as const;

/** What may be done with a loan, each in its own dialog. */
export function LoanActions({ loan }: { loan: LoanDetail }) {
  const code = useCodes();
  const [dialog, open] = useState("");
  const path = { params: { path: { id: loan.id } } };
  const takeBack = useAct((action: string) =>
    action === "take_back_disbursement" ? data(api.POST("/api/v1/financing/loans/{id}/take-back-disbursement", path)) : data(api.POST("/api/v1/financing/loans/{id}/take-back-write-off", path)),
  );
  if (loan.allowed_actions.length === 0) return null;
  const awaited = AWAITED.find((each) => loan.allowed_actions.some((action) => action === each));
  return (
    <>
      <InlineFailure error={takeBack.error} />
      <div className="actions">
        {loan.allowed_actions.map((action) => (
          <Button
            key={action}
            type={action === awaited ? "primary" : "default"}
            onClick={() => (AT_ONCE.some((each) => each === action) ? takeBack.mutate(action) : open(action))}
            data-testid={`loan-${action.replaceAll("_", "-")}`}
          >
            {code("loanAction", action)}
          </Button>
        ))}
      </div>
      {dialog && <LoanDialog loan={loan} action={dialog} onClose={() => open("")} />}
    </>
  );
}

function LoanDialog({ loan: current, action, onClose }: { loan: LoanDetail; action: string; onClose: () => void }) {
  // What is confirmed stays what was read when the dialog opened, whatever is proposed meanwhile; the server refuses an outdated one.
  const [loan] = useState(current);
  const t = useText(messages);
  const code = useCodes();
  const path = { params: { path: { id: loan.id } } };
  const disburse = useAct((amount: string) => data(api.POST("/api/v1/financing/loans/{id}/disburse", { ...path, body: { amount, proposal: loan.proposal ?? "" } })), onClose);
  const writeOff = useAct((amount: string) => data(api.POST("/api/v1/financing/loans/{id}/write-off", { ...path, body: { amount } })), onClose);
  const proposeWriteOff = useAct((reason: string) => data(api.POST("/api/v1/financing/loans/{id}/propose-write-off", { ...path, body: { reason } })), onClose);
  const cancel = useAct((reason: string) => data(api.POST("/api/v1/financing/loans/{id}/cancel", { ...path, body: { reason } })), onClose);
  const title = code("loanAction", action);
  switch (action) {
    case "propose_disbursement":
      return <DisbursementDialog loan={loan} onClose={onClose} />;
    case "record_payment":
      return <PaymentDialog loan={loan} onClose={onClose} />;
    case "record_payout":
      return <PayoutDialog loan={loan} onClose={onClose} />;
    case "disburse":
      return (
        <TypedAmountDialog
          title={title}
          action={title}
          amount={loan.principal}
          currency={loan.currency}
          facts={[
            [t("supplier"), loan.supplier.name],
            [t("payeeAccount"), loan.payee_account],
            [t("bankReference"), loan.bank_reference],
            [t("disbursedOn"), <Day key="day" value={loan.disbursed_on} />],
          ]}
          act={disburse}
          onClose={onClose}
        >
          <p className="note note-attention">{t("disburseWhat")}</p>
        </TypedAmountDialog>
      );
    case "write_off":
      return (
        <TypedAmountDialog title={title} action={title} amount={loan.owed.total} currency={loan.currency} facts={[[t("writeOffReason"), loan.write_off_reason]]} act={writeOff} onClose={onClose}>
          <p className="note note-attention">{t("writeOffWhat")}</p>
        </TypedAmountDialog>
      );
    case "propose_write_off":
      return <ReasonDialog title={title} what={t("proposeWriteOffWhat")} action={title} required act={proposeWriteOff} onClose={onClose} />;
    case "cancel":
      return <ReasonDialog title={title} what={t("cancelLoanWhat")} action={title} required act={cancel} onClose={onClose} />;
    default:
      return null;
  }
}
