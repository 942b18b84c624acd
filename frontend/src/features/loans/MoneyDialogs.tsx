import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { LoanDetail } from "../../api/types";
import { isZero, typedAmount } from "../../shared/format/decimal";
import { formatMoney } from "../../shared/format/money";
import { today } from "../../shared/format/time";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { AmountField, DayField, ReferenceField } from "../../shared/ui/moneyFields";
import { RecordingDialog } from "../../shared/ui/RecordingDialog";
import { messages } from "./messages";

interface Props {
  loan: LoanDetail;
  onClose: () => void;
}

/** The first of two: which transfer paid the loan out, to which account, and when. */
export function DisbursementDialog({ loan, onClose }: Props) {
  const t = useText(messages);
  const accountId = useId();
  const [account, setAccount] = useState("");
  const [reference, setReference] = useState("");
  const [day, setDay] = useState(today());
  const send = useAct(
    () => data(api.POST("/api/v1/financing/loans/{id}/propose-disbursement", { params: { path: { id: loan.id } }, body: { payee_account: account.trim(), bank_reference: reference.trim(), disbursed_on: day } })),
    onClose,
  );
  return (
    <RecordingDialog title={t("disbursementTitle")} what={t("disbursementWhat")} ready={account.trim() !== "" && reference.trim() !== "" && day !== ""} send={send} onClose={onClose}>
      <div className="field">
        <label htmlFor={accountId}>{t("payeeAccount")}</label>
        <input id={accountId} className="input" maxLength={100} value={account} onChange={(event) => setAccount(event.target.value)} data-testid="payee-account" />
      </div>
      <ReferenceField value={reference} onChange={setReference} />
      <DayField label={t("disbursedOn")} value={day} onChange={setDay} />
    </RecordingDialog>
  );
}

/** Money that came in: from the debtor on one of the rights, or from the supplier. */
export function PaymentDialog({ loan, onClose }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const payerId = useId();
  const rightId = useId();
  const [payer, setPayer] = useState<"debtor" | "supplier">("debtor");
  const [right, setRight] = useState(loan.pledges[0]?.right ?? "");
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [day, setDay] = useState(today());
  const plain = typedAmount(amount);
  const send = useAct(
    () =>
      data(
        api.POST("/api/v1/financing/payments", {
          body: { loan: loan.id, payer, right: payer === "debtor" ? right : null, amount: plain ?? "", received_on: day, bank_reference: reference.trim() },
        }),
      ),
    onClose,
  );
  return (
    <RecordingDialog title={t("paymentTitle")} what={t("paymentWhat")} ready={plain !== null && reference.trim() !== "" && day !== "" && (payer === "supplier" || right !== "")} send={send} onClose={onClose}>
      <div className="field">
        <label htmlFor={payerId}>{t("payer")}</label>
        <select id={payerId} className="select" value={payer} onChange={(event) => setPayer(event.target.value === "supplier" ? "supplier" : "debtor")} data-testid="payment-payer">
          <option value="debtor">{code("payer", "debtor")}</option>
          <option value="supplier">{code("payer", "supplier")}</option>
        </select>
      </div>
      {payer === "debtor" && (
        <div className="field">
          <label htmlFor={rightId}>{t("right")}</label>
          <select id={rightId} className="select" value={right} onChange={(event) => setRight(event.target.value)}>
            {loan.pledges.map((pledge) => (
              <option key={pledge.right} value={pledge.right}>
                {pledge.order_number || t("orderMissing")} · {pledge.debtor}
              </option>
            ))}
          </select>
        </div>
      )}
      <AmountField value={amount} currency={loan.currency} onChange={setAmount} />
      <DayField label={t("receivedOn")} value={day} onChange={setDay} />
      <ReferenceField value={reference} onChange={setReference} />
    </RecordingDialog>
  );
}

/** What a funder paid the supplier of the surplus, or gave back to the debtor. */
export function PayoutDialog({ loan, onClose }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const payeeId = useId();
  const payees = (["supplier", "debtor"] as const).filter((each) => !isZero(each === "supplier" ? loan.owed.payable : loan.owed.refundable));
  const [payee, setPayee] = useState(payees[0] ?? "supplier");
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [day, setDay] = useState(today());
  const plain = typedAmount(amount);
  const send = useAct(() => data(api.POST("/api/v1/financing/payouts", { body: { loan: loan.id, payee, amount: plain ?? "", paid_on: day, bank_reference: reference.trim() } })), onClose);
  return (
    <RecordingDialog title={t("payoutTitle")} what={t("payoutWhat")} ready={plain !== null && reference.trim() !== "" && day !== ""} send={send} onClose={onClose}>
      <div className="field">
        <label htmlFor={payeeId}>{t("payee")}</label>
        <select id={payeeId} className="select" value={payee} onChange={(event) => setPayee(event.target.value === "debtor" ? "debtor" : "supplier")} data-testid="payout-payee">
          {payees.map((each) => (
            <option key={each} value={each}>
              {code("payer", each)} · {formatMoney(each === "supplier" ? loan.owed.payable : loan.owed.refundable, loan.currency, language)}
            </option>
          ))}
        </select>
      </div>
      <AmountField value={amount} currency={loan.currency} onChange={setAmount} />
      <DayField label={t("paidOn")} value={day} onChange={setDay} />
      <ReferenceField value={reference} onChange={setReference} />
    </RecordingDialog>
  );
}
