import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { TradeDetail } from "../../api/types";
import { formatMoney } from "../../shared/format/money";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

const AMOUNT = /^\d{1,15}(\.\d{1,2})?$/;

/** Rung 5: the debtor signs amount, due date and account. The amount is typed, never taken over. */
export function PaymentDialog({ trade, onClose }: { trade: TradeDetail; onClose: () => void }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const client = useQueryClient();
  const { message } = App.useApp();
  const id = useId();
  const [amount, setAmount] = useState("");
  const [dueDate, setDueDate] = useState(trade.right?.due_date ?? "");
  const [account, setAccount] = useState("");
  const plain = amount.replaceAll(",", "").trim();
  const valid = AMOUNT.test(plain);
  const currency = trade.right?.currency ?? trade.currency ?? "";

  const sign = useMutation({
    mutationFn: () => data(
        api.POST("/api/v1/trades/{id}/payment-confirmations", {
          params: { path: { id: trade.id } },
          body: { amount: plain, due_date: dueDate, account: account.trim() },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries();
      void message.success(t("signed"));
      onClose();
    },
  });

  return (
    <Modal
      open
      title={t("confirmPaymentTitle")}
      okText={t("sign")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !valid || !dueDate || !account.trim(), loading: sign.isPending, "data-testid": "payment-sign" }}
      onOk={() => sign.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="note note-attention">{t("confirmPaymentText")}</p>
        <div className="field">
          <label htmlFor={`${id}amount`}>{t("amount", { currency })}</label>
          <input id={`${id}amount`} className="input right" inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} aria-describedby={`${id}hint`} data-testid="payment-amount" />
          <span id={`${id}hint`} className="meta">
            {amount && !valid ? t("wrongAmount") : trade.right && t("amountHint", { base: formatMoney(trade.right.base, currency, language) })}
          </span>
        </div>
        <div className="field">
          <label htmlFor={`${id}due`}>{t("dueDate")}</label>
          <input id={`${id}due`} type="date" className="input" value={dueDate} onChange={(event) => setDueDate(event.target.value)} data-testid="payment-due" />
        </div>
        <div className="field">
          <label htmlFor={`${id}account`}>{t("account")}</label>
          <input id={`${id}account`} className="input" value={account} onChange={(event) => setAccount(event.target.value)} data-testid="payment-account" />
        </div>
        <InlineFailure error={sign.error} />
      </div>
    </Modal>
  );
}
