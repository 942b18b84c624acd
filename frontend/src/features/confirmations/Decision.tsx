import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { ConfirmationSheet } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

type Choice = { action: "confirm" } | { action: "dispute"; reason: string };

function changed(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "content_changed";
}

/** The words to be signed and the two ways to answer; what is signed is bound to the digest that was shown. */
export function Decision({ sheet, reload }: { sheet: ConfirmationSheet; reload: () => Promise<unknown> }) {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [disputing, setDisputing] = useState(false);
  const may = (action: string) => sheet.allowed_actions.includes(action);

  const decide = useMutation({
    mutationFn: (choice: Choice) => {
      const params = { path: { id: sheet.id } };
      const { content_digest } = sheet;
      return choice.action === "confirm"
        ? data(api.POST("/api/v1/confirmations/{id}/confirm", { params, body: { content_digest } }))
        : data(api.POST("/api/v1/confirmations/{id}/dispute", { params, body: { content_digest, reason: choice.reason } }));
    },
    onSuccess: async (_, choice) => {
      setDisputing(false);
      void message.success(choice.action === "confirm" ? t("doneConfirmed") : t("doneDisputed"));
      await client.invalidateQueries();
    },
    onError: async (error) => {
      if (!changed(error)) return;
      setDisputing(false);
      await reload();
    },
  });

  const open = may("confirm") || may("dispute");
  return (
    <Section title={t("statementTitle")} note={open && t("statementNote")} className="sheet-decision">
      {changed(decide.error) && (
        <p className="note note-attention" role="alert" data-testid="content-changed">
          <ToneIcon tone="attention" /> {t("changed")}
        </p>
      )}
      <pre className="statement" tabIndex={0} data-testid="sheet-statement">
        {sheet.statement}
      </pre>
      <p className="meta">
        {t("contentDigest")} <CopyText value={sheet.content_digest} head={24} label={t("contentDigest")} testId="content-digest" />
      </p>
      {!changed(decide.error) && !disputing && <InlineFailure error={decide.error} />}
      {open ? (
        <div className="actions sheet-actions">
          {may("confirm") && (
            <Button type="primary" size="large" loading={decide.isPending} onClick={() => decide.mutate({ action: "confirm" })} data-testid="confirm-button">
              {t("confirm")}
            </Button>
          )}
          {may("dispute") && (
            <Button size="large" danger disabled={decide.isPending} onClick={() => setDisputing(true)} data-testid="dispute-button">
              {t("dispute")}
            </Button>
          )}
        </div>
      ) : (
        <p className="muted">{t("nothingToDo")}</p>
      )}
      {disputing && (
        <DisputeDialog
          busy={decide.isPending}
          error={changed(decide.error) ? null : decide.error}
          onSubmit={(reason) => decide.mutate({ action: "dispute", reason })}
          onClose={() => {
            setDisputing(false);
            decide.reset();
          }}
        />
      )}
    </Section>
  );
}

interface DisputeProps {
  busy: boolean;
  error: unknown;
  onSubmit: (reason: string) => void;
  onClose: () => void;
}

function DisputeDialog({ busy, error, onSubmit, onClose }: DisputeProps) {
  const t = useText(messages);
  const id = useId();
  const [reason, setReason] = useState("");
  return (
    <Modal open title={t("disputeTitle")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) onSubmit(reason.trim());
        }}
      >
        <p className="muted">{t("disputeText")}</p>
        <div className="field">
          <label htmlFor={id}>{t("reason")}</label>
          <textarea id={id} className="textarea" value={reason} onChange={(event) => setReason(event.target.value)} placeholder={t("reasonHint")} maxLength={1000} required autoFocus data-testid="dispute-reason" />
        </div>
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
