import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { RightDetail, ToldPayment } from "../../api/types";
import { typedAmount } from "../../shared/format/decimal";
import { formatMoney } from "../../shared/format/money";
import { formatDate, today } from "../../shared/format/time";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { AmountField, DayField, ReferenceField } from "../../shared/ui/moneyFields";
import { RecordingDialog } from "../../shared/ui/RecordingDialog";
import { alikeOf } from "./alike";
import { messages } from "./messages";

interface Props {
  right: RightDetail;
  told: ToldPayment[];
  onClose: () => void;
}

/** A payment on the right; where another side told of one that is merely alike, whoever records it says whether it is the same. */
export function RecordPaymentDialog({ right, told, onClose }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const sameId = useId();
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [day, setDay] = useState(today());
  const [another, setAnother] = useState(false);
  const plain = typedAmount(amount);
  const alike = plain === null ? undefined : alikeOf(told, { amount: plain, day, reference });
  const send = useAct(
    () =>
      data(
        api.POST("/api/v1/rights/{id}/collections", {
          params: { path: { id: right.id } },
          body: { amount: plain ?? "", received_on: day, reference: reference.trim(), is_another: alike !== undefined && another },
        }),
      ),
    onClose,
  );
  return (
    <RecordingDialog title={t("recordPayment")} what={t("recordPaymentWhat")} ready={plain !== null && reference.trim() !== "" && day !== ""} send={send} onClose={onClose}>
      <AmountField value={amount} currency={right.currency} onChange={setAmount} />
      <DayField label={t("paidOn")} value={day} onChange={setDay} />
      <ReferenceField value={reference} onChange={setReference} />
      {alike && (
        <div className="field" data-testid="alike-payment">
          <label htmlFor={sameId}>
            {t("alikeTold", { by: code("toldBy", alike.told_by), amount: formatMoney(alike.amount, alike.currency, language), day: formatDate(alike.received_on), reference: alike.reference })}
          </label>
          <select id={sameId} className="select" value={another ? "another" : "same"} onChange={(event) => setAnother(event.target.value === "another")} data-testid="alike-choice">
            <option value="same">{t("alikeSame")}</option>
            <option value="another">{t("alikeAnother")}</option>
          </select>
        </div>
      )}
    </RecordingDialog>
  );
}
