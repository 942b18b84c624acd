import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Purpose, Supplier } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

const PURPOSES: readonly Purpose[] = ["financing", "due_diligence", "monitoring"];

export function AskDialog({ supplier, onClose }: { supplier: Supplier; onClose: () => void }) {
  const t = useText(messages);
  const code = useCodes();
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [purpose, setPurpose] = useState<Purpose>("financing");
  const [note, setNote] = useState("");
  const [days, setDays] = useState("90");
  const [order, setOrder] = useState("");
  const period = Number(days);
  const valid = Number.isInteger(period) && period >= 1 && period <= 366;

  const ask = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/access-requests", {
          body: { owner: supplier.id, purpose, purpose_note: note.trim(), days: period, order_number: order.trim() },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("sent"));
      onClose();
      await client.invalidateQueries();
    },
  });

  return (
    <Modal open title={t("askOf", { name: supplier.name })} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) ask.mutate();
        }}
      >
        <div className="field">
          <label htmlFor={`${id}purpose`}>{t("purpose")}</label>
          <select id={`${id}purpose`} className="select" value={purpose} onChange={(event) => setPurpose(event.target.value as Purpose)} data-testid="ask-purpose">
            {PURPOSES.map((each) => (
              <option key={each} value={each}>
                {code("purpose", each)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}days`}>{t("period")}</label>
          <input id={`${id}days`} type="number" min={1} max={366} className="input" value={days} onChange={(event) => setDays(event.target.value)} aria-describedby={`${id}daysHint`} data-testid="ask-days" />
          <span id={`${id}daysHint`} className="meta">
            {t("periodHint")}
          </span>
        </div>
        <div className="field">
          <label htmlFor={`${id}order`}>{t("orderNumber")}</label>
          <input id={`${id}order`} className="input" maxLength={100} value={order} onChange={(event) => setOrder(event.target.value)} aria-describedby={`${id}orderHint`} data-testid="ask-order" />
          <span id={`${id}orderHint`} className="meta">
            {t("orderHint")}
          </span>
        </div>
        <div className="field">
          <label htmlFor={`${id}note`}>{t("note")}</label>
          <textarea id={`${id}note`} className="textarea" maxLength={500} value={note} placeholder={t("noteHint")} onChange={(event) => setNote(event.target.value)} data-testid="ask-note" />
        </div>
        <p className="note note-idle">{t("whatFollows")}</p>
        <InlineFailure error={ask.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!valid} loading={ask.isPending} data-testid="ask-submit">
            {t("submit")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
