import type { UseMutationResult } from "@tanstack/react-query";
import { Modal } from "antd";
import { useId, useState } from "react";

import { useText } from "../i18n/LanguageProvider";
import { InlineFailure } from "./states";
import { words } from "./words";

interface Props {
  title: string;
  what: string;
  action: string;
  required?: boolean;
  act: UseMutationResult<unknown, Error, string>;
  onClose: () => void;
}

/** Says no, with a reason that the other side reads. */
export function ReasonDialog({ title, what, action, required = false, act, onClose }: Props) {
  const t = useText(words);
  const id = useId();
  const [reason, setReason] = useState("");
  return (
    <Modal
      open
      title={title}
      okText={action}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, disabled: required && !reason.trim(), loading: act.isPending, "data-testid": "reason-confirm" }}
      onOk={() => act.mutate(reason.trim())}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{what}</p>
        <div className="field">
          <label htmlFor={id}>{t("reason")}</label>
          <textarea id={id} className="input" rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} data-testid="reason" />
        </div>
        <InlineFailure error={act.error} />
      </div>
    </Modal>
  );
}
