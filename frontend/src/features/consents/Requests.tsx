import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useList, useSession } from "../../api/queries";
import type { AccessRequest } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { GrantDialog } from "./GrantDialog";
import { messages } from "./messages";

/** Requests that wait for the owner's answer. */
export function Requests() {
  const t = useText(messages);
  const session = useSession();
  const list = useList("/api/v1/access-requests");
  const own = session.data?.organisation?.id;
  const waiting = list.rows.filter((row) => row.state === "requested" && row.owner.id === own);
  return (
    <Section title={t("requestsTitle")}>
      <Loaded query={list} hasData={list.data !== undefined} rows={3}>
        {waiting.length === 0 ? (
          <Empty title={t("noRequests")}>{t("noRequestsText")}</Empty>
        ) : (
          <ul className="request-list">
            {waiting.map((row) => (
              <RequestCard key={row.id} row={row} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function RequestCard({ row }: { row: AccessRequest }) {
  const t = useText(messages);
  const code = useCodes();
  const [open, setOpen] = useState<"grant" | "decline" | null>(null);
  const may = (action: string) => row.allowed_actions.includes(action);
  return (
    <li className="request" data-testid="access-request" data-id={row.id}>
      <h3>{t("asks", { name: row.requester.name })}</h3>
      <Facts
        facts={[
          [t("purpose"), code("purpose", row.purpose)],
          [t("period"), t("days", { days: row.days })],
          [t("orderNumber"), row.order_number],
          [t("askedAt"), <Time key="at" value={row.created_at} />],
          [t("note"), row.purpose_note],
        ]}
      />
      <div className="actions">
        {may("grant") && (
          <Button type="primary" onClick={() => setOpen("grant")} data-testid="answer-button">
            {t("answer")}
          </Button>
        )}
        {may("decline") && (
          <Button onClick={() => setOpen("decline")} data-testid="decline-button">
            {t("decline")}
          </Button>
        )}
      </div>
      {open === "grant" && <GrantDialog request={row} onClose={() => setOpen(null)} />}
      {open === "decline" && <DeclineDialog request={row} onClose={() => setOpen(null)} />}
    </li>
  );
}

function DeclineDialog({ request, onClose }: { request: AccessRequest; onClose: () => void }) {
  const t = useText(messages);
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const decline = useMutation({
    mutationFn: () => data(api.POST("/api/v1/access-requests/{id}/decline", { params: { path: { id: request.id } }, body: { reason: reason.trim() } })),
    onSuccess: async () => {
      void message.success(t("declined"));
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Modal
      open
      title={t("declineTitle", { name: request.requester.name })}
      okText={t("declineSubmit")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, loading: decline.isPending }}
      onOk={() => decline.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="muted">{t("declineText")}</p>
        <div className="field">
          <label htmlFor={id}>{t("declineReason")}</label>
          <textarea id={id} className="textarea" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </div>
        <InlineFailure error={decline.error} />
      </div>
    </Modal>
  );
}
