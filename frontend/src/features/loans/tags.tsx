import type { Loan, LoanPayment, Payout } from "../../api/types";
import { useCodes } from "../../shared/i18n/LanguageProvider";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";

const LOAN: Record<Loan["state"], Tone> = {
  awaiting: "running",
  disbursement_proposed: "attention",
  outstanding: "running",
  write_off_proposed: "attention",
  settled: "done",
  cancelled: "idle",
  written_off: "refused",
};

const MONEY: Record<LoanPayment["state"] | Payout["state"], Tone> = {
  recorded: "attention",
  confirmed: "done",
  reversal_proposed: "attention",
  rejected: "refused",
  reversed: "refused",
};

export function LoanTag({ state }: { state: Loan["state"] }) {
  const code = useCodes();
  return (
    <StatusTag tone={LOAN[state]} testId="loan-state">
      {code("loanState", state)}
    </StatusTag>
  );
}

export function PaymentTag({ state }: { state: LoanPayment["state"] }) {
  const code = useCodes();
  return (
    <StatusTag tone={MONEY[state]} testId="payment-state">
      {code("paymentState", state)}
    </StatusTag>
  );
}

export function PayoutTag({ state }: { state: Payout["state"] }) {
  const code = useCodes();
  return <StatusTag tone={MONEY[state]}>{code("payoutState", state)}</StatusTag>;
}
