import type { PaymentConfirmation } from "../../api/types";
import { inCapitals } from "../../shared/format/capital";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { contentOfStatement } from "./paymentContent";
import { PaymentSheet } from "./PaymentSheet";

/** The signed payment confirmation: what was promised, by whom, under whose key. */
export function Payment({ payment }: { payment: PaymentConfirmation }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const capitals = language === "zh" ? inCapitals(payment.amount, payment.currency) : null;
  return (
    <Section title={t("paymentTitle")} action={<StatusTag tone="idle">{payment.custodial ? t("custodial") : t("ownKey")}</StatusTag>} testId="payment-confirmation">
      <Facts
        facts={[
          [t("paymentAmount"), <Money key="amount" value={payment.amount} currency={payment.currency} wan />],
          capitals !== null && [t("capitalsTitle"), <span key="capitals" data-testid="payment-capitals">{capitals}</span>],
          [t("dueDate"), <Day key="due" value={payment.due_date} />],
          [t("account"), <span key="account" className="mono">{payment.account}</span>],
          [t("paymentSigner"), `${payment.organisation.name} · ${payment.person}`],
          [t("paymentWhen"), <Time key="at" value={payment.at} seconds />],
          [t("signature"), <CopyText key="signature" value={payment.signature} head={28} label={t("signature")} />],
        ]}
      />
      <details className="payment-over">
        <summary className="meta">{t("payOverSigned")}</summary>
        <PaymentSheet content={contentOfStatement(payment.statement)} text={payment.statement} />
      </details>
    </Section>
  );
}
