import { Modal } from "antd";
import { type ReactNode } from "react";

import { useText } from "../i18n/LanguageProvider";
import { InlineFailure } from "./states";
import { words } from "./words";

interface RecordingDialogProps {
  title: string;
  what: string;
  ready: boolean;
  send: { mutate: () => void; isPending: boolean; error: unknown };
  onClose: () => void;
  children: ReactNode;
}

/** A form that records something; what went wrong is told in it. */
export function RecordingDialog({ title, what, ready, send, onClose, children }: RecordingDialogProps) {
  const t = useText(words);
  return (
    <Modal
      open
      title={title}
      okText={t("record")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !ready, loading: send.isPending, "data-testid": "record-save" }}
      onOk={() => send.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{what}</p>
        {children}
        <InlineFailure error={send.error} />
      </div>
    </Modal>
  );
}
