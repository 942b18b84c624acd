import { useMutation } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Organisation, Role } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { InlineFailure } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

/** Creates API credentials; the secret is on the screen once and nowhere else. */
export function ClientDialog({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const t = useText(messages);
  const id = useId();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => data(
        api.POST("/api/v1/organisations/{id}/clients", {
          params: { path: { id: organisation.id } },
          body: { name: name.trim(), roles: organisation.roles as Role[] },
        }),
      ),
    gcTime: 0,
  });
  return (
    <Modal open title={t("clientTitle", { name: organisation.name })} onCancel={onClose} footer={null} mask={{ closable: !create.data }}>
      {create.data ? (
        <div className="stack">
          <div className="note note-attention">
            <ToneIcon tone="attention" />
            <div>
              <strong>{t("secretTitle")}</strong> {t("secretText")}
            </div>
          </div>
          <Facts
            wide
            facts={[
              [t("clientId"), <CopyText key="id" value={create.data.client_id} label={t("clientId")} testId="client-id" />],
              [t("clientSecret"), <CopyText key="secret" value={create.data.client_secret} label={t("clientSecret")} testId="client-secret" />],
            ]}
          />
          <div className="actions end">
            <Button type="primary" onClick={onClose}>
              {t("done")}
            </Button>
          </div>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) create.mutate();
          }}
        >
          <div className="field">
            <label htmlFor={id}>{t("clientName")}</label>
            <input id={id} className="input" value={name} placeholder={t("clientNameHint")} onChange={(event) => setName(event.target.value)} required />
          </div>
          <InlineFailure error={create.error} />
          <div className="actions end">
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button type="primary" htmlType="submit" disabled={!name.trim()} loading={create.isPending}>
              {t("clientSubmit")}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
