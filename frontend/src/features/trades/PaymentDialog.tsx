import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { TradeDetail } from "../../api/types";
import { inCapitals } from "../../shared/format/capital";
import { formatMoney } from "../../shared/format/money";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { InlineFailure } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { readPaymentContent } from "./paymentContent";
import { PaymentSheet } from "./PaymentSheet";

const AMOUNT = /^\d{1,15}(\.\d{1,2})?$/;

function changed(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "content_changed";
}

interface Props {
  trade: TradeDetail;
  /** Fetches the trade again. */
  reload: () => Promise<TradeDetail | undefined>;
  onClose: () => void;
}

/** Rung 5: the debtor signs over the sheet shown, with amount, due date and account. The amount is typed, never taken over. */
export function PaymentDialog({ trade, reload, onClose }: Props) {
  const t = useText(messages);
  const { language } = useLanguage();
  const client = useQueryClient();
  const { message } = App.useApp();
  const id = useId();
  // The sheet stays the one that was read, whatever arrives meanwhile; the server refuses an outdated one.
  const [sheet, setSheet] = useState(trade.payment_sheet);
  const [amount, setAmount] = useState("");
  const [dueDate, setDueDate] = useState(trade.right?.due_date ?? "");
  const [account, setAccount] = useState("");
  const plain = amount.replaceAll(",", "").trim();
  const valid = AMOUNT.test(plain);
  const content = sheet && readPaymentContent(sheet.content);
  const currency = content?.currency ?? trade.currency ?? "";
  const capitals = valid && language === "zh" ? inCapitals(plain, currency) : null;

  const sign = useMutation({
    mutationFn: (content_digest: string) =>
      data(
        api.POST("/api/v1/trades/{id}/payment-confirmations", {
          params: { path: { id: trade.id } },
          body: { content_digest, amount: plain, due_date: dueDate, account: account.trim() },
        }),
      ),
    onSuccess: async (done) => {
      await client.invalidateQueries();
      if ("people" in done) void message.info(t(done.differs ? "enteredOther" : "entered", { people: done.people, entered: done.entered }), 8);
      else void message.success(t("signed"));
      onClose();
    },
    onError: async (error) => {
      if (!changed(error)) return;
      setAmount("");
      setSheet((await reload())?.payment_sheet ?? null);
    },
  });

  return (
    <Modal
      open
      width={640}
      title={t("confirmPaymentTitle")}
      okText={t("sign")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !sheet || !valid || !dueDate || !account.trim(), loading: sign.isPending, "data-testid": "payment-sign" }}
      onOk={() => sheet && sign.mutate(sheet.content_digest)}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="note note-attention">{t("confirmPaymentText")}</p>
        {changed(sign.error) && (
          <p className="note note-attention" role="alert" data-testid="payment-content-changed">
            <ToneIcon tone="attention" /> {t("payChanged")}
          </p>
        )}
        <h3>{t("payOver")}</h3>
        {sheet ? (
          <>
            <PaymentSheet content={content} text={sheet.content} />
            <p className="meta">
              {t("payDigest")} <CopyText value={sheet.content_digest} head={24} label={t("payDigest")} testId="payment-digest" />
            </p>
          </>
        ) : (
          <p className="muted">{t("payNoSheet")}</p>
        )}
        <div className="field">
          <label htmlFor={`${id}amount`}>{t("amount", { currency })}</label>
          <input id={`${id}amount`} className="input right" inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} aria-describedby={`${id}hint`} data-testid="payment-amount" />
          <span id={`${id}hint`} className="meta">
            {amount && !valid ? t("wrongAmount") : trade.right && t("amountHint", { base: formatMoney(trade.right.base, currency, language) })}
          </span>
          {capitals && (
            <span aria-live="polite" data-testid="payment-capitals">
              {t("capitals", { words: capitals })}
            </span>
          )}
        </div>
        <div className="field">
          <label htmlFor={`${id}due`}>{t("dueDate")}</label>
          <input id={`${id}due`} type="date" className="input" value={dueDate} onChange={(event) => setDueDate(event.target.value)} data-testid="payment-due" />
        </div>
        <div className="field">
          <label htmlFor={`${id}account`}>{t("account")}</label>
          <input id={`${id}account`} className="input" value={account} onChange={(event) => setAccount(event.target.value)} data-testid="payment-account" />
        </div>
        {!changed(sign.error) && <InlineFailure error={sign.error} />}
      </div>
    </Modal>
  );
}
