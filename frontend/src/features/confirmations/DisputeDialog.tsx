import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { deskMessages } from "./deskMessages";
import { messages } from "./messages";

export const REASONS = ["quantity", "price", "quality", "not_ordered", "not_received", "duplicate", "other"] as const;
export type ReasonCode = (typeof REASONS)[number];

export interface Reason {
  reason: string;
  reason_code: ReasonCode;
}

interface DisputeProps {
  busy: boolean;
  error: unknown;
  onSubmit: (reason: Reason) => void;
  onClose: () => void;
}

export function DisputeDialog({ busy, error, onSubmit, onClose }: DisputeProps) {
  const t = useText(messages);
  const [code, setCode] = useState<ReasonCode>("quantity");
  const [reason, setReason] = useState("");
  return (
    <Modal open title={t("disputeTitle")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) onSubmit({ reason: reason.trim(), reason_code: code });
        }}
      >
        <p className="muted">{t("disputeText")}</p>
        <ReasonFields code={code} reason={reason} onCode={setCode} onReason={setReason} />
        <InlineFailure error={error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" danger htmlType="submit" disabled={!reason.trim()} loading={busy} data-testid="dispute-submit">
            {t("submitDispute")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** What a dispute is about, by code and in words. */
export function ReasonFields({ code, reason, onCode, onReason }: { code: ReasonCode; reason: string; onCode: (code: ReasonCode) => void; onReason: (reason: string) => void }) {
  const t = useText(messages);
  const d = useText(deskMessages);
  const words = useCodes();
  const id = useId();
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}code`}>{d("reasonCode")}</label>
        <select id={`${id}code`} className="select" value={code} onChange={(event) => onCode(event.target.value as ReasonCode)} data-testid="dispute-code">
          {REASONS.map((each) => (
            <option key={each} value={each}>
              {words("disputeReason", each)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}reason`}>{t("reason")}</label>
        <textarea id={`${id}reason`} className="textarea" value={reason} onChange={(event) => onReason(event.target.value)} placeholder={t("reasonHint")} maxLength={1000} required data-testid="dispute-reason" />
      </div>
    </>
  );
}
