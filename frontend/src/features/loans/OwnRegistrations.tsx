import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { OwnRegistration } from "../../api/types";
import { useAct } from "../../shared/hooks/useAct";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

const NUMBER = /^[0-9A-Za-z-]{6,40}$/;

/** What one's organisation recorded as registered at Zhongdeng and did not cancel, also of rights that it cannot see any more. */
export function OwnRegistrations() {
  const t = useText(messages);
  const list = useList("/api/v1/zhongdeng", { standing: "true" });
  const [cancelling, cancel] = useState<OwnRegistration | null>(null);
  if (list.rows.length === 0) return null;
  return (
    <Section title={t("registrations")} note={t("registrationsNote")} testId="own-registrations">
      <DataTable
        caption={t("registrations")}
        rows={list.rows}
        rowKey={(row) => row.id}
        testId="own-registration"
        columns={[
          { key: "number", title: t("registrationNumber"), head: true, render: (row) => <span className="num">{row.number}</span> },
          { key: "party", title: t("registeredFor"), wrap: true, render: (row) => row.party },
          { key: "at", title: t("registered"), wide: true, render: (row) => <Time value={row.registered_at} /> },
          { key: "until", title: t("registeredUntil"), render: (row) => <Day value={row.expires_on} /> },
          {
            key: "action",
            title: t("action"),
            action: true,
            render: (row) => (
              <Button size="small" onClick={() => cancel(row)} data-testid="cancel-registration">
                {t("recordCancellation")}
              </Button>
            ),
          },
        ]}
      />
      <ListFooter list={list} count={list.rows.length} />
      {cancelling && <CancelDialog registration={cancelling} onClose={() => cancel(null)} />}
    </Section>
  );
}

function CancelDialog({ registration, onClose }: { registration: OwnRegistration; onClose: () => void }) {
  const t = useText(messages);
  const id = useId();
  const [number, setNumber] = useState("");
  const send = useAct(
    () => data(api.POST("/api/v1/zhongdeng/{id}/amendments", { params: { path: { id: registration.id } }, body: { kind: "cancel", number: number.trim(), expires_on: null, description: "" } })),
    onClose,
  );
  return (
    <Modal
      open
      title={t("cancellationOf", { number: registration.number })}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !NUMBER.test(number.trim()), loading: send.isPending, "data-testid": "cancellation-save" }}
      onOk={() => send.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{t("cancellationWhat")}</p>
        <p className="meta">{registration.description}</p>
        <div className="field">
          <label htmlFor={id}>{t("cancellationNumber")}</label>
          <input id={id} className="input" maxLength={40} value={number} onChange={(event) => setNumber(event.target.value)} data-testid="cancellation-number" />
        </div>
        <InlineFailure error={send.error} />
      </div>
    </Modal>
  );
}
