import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { DataKey } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { storageMessages } from "./storageMessages";

type Action = "rotate" | "request_destruction" | "destroy";
export type KeyStep = { action: "rotate_master" } | { action: Action; row: DataKey };

const FOLLOWS = {
  rotate_master: ["rotateMaster1", "rotateMaster2", "rotateMaster3"],
  rotate: ["rotate1", "rotate2"],
  request_destruction: ["destroy1", "destroy2", "destroy3", "destroy4"],
  destroy: ["destroy1", "destroy2", "destroy3"],
} as const;
const TITLE = { rotate_master: "rotateMasterTitle", rotate: "rotateTitle", request_destruction: "requestTitle", destroy: "destroyTitle" } as const;

/** Says what the step brings with it; a key is destroyed only by whoever typed the organisation's name. */
export function StorageKeyDialog({ step, onClose }: { step: KeyStep; onClose: () => void }) {
  const t = useText(storageMessages);
  const id = useId();
  const [read, setRead] = useState(false);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const name = step.action === "rotate_master" ? "" : step.row.organisation.name;
  const destroys = step.action === "request_destruction" || step.action === "destroy";
  const asks = step.action === "request_destruction";
  const submit = useStep(step, { name: typed, reason }, onClose);
  const ready = read && (!destroys || typed.trim() === name) && (!asks || reason.trim() !== "");
  return (
    <Modal open title={t(TITLE[step.action], { name })} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) submit.mutate();
        }}
      >
        <p>{t("follows")}</p>
        <ul>
          {FOLLOWS[step.action].map((key) => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
        {asks && (
          <div className="field">
            <label htmlFor={`${id}-reason`}>{t("reason")}</label>
            <input id={`${id}-reason`} className="input" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </div>
        )}
        {destroys && (
          <div className="field">
            <label htmlFor={`${id}-name`}>{t("typeName", { name })}</label>
            <input id={`${id}-name`} className="input" value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} data-testid="key-name" />
          </div>
        )}
        <label className="check">
          <input type="checkbox" checked={read} onChange={(event) => setRead(event.target.checked)} data-testid="key-read" />
          <span>{t("read")}</span>
        </label>
        <InlineFailure error={submit.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" danger htmlType="submit" disabled={!ready} loading={submit.isPending} data-testid="key-submit">
            {t(step.action === "rotate_master" ? "rotate" : step.action)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function useStep(step: KeyStep, form: { name: string; reason: string }, onDone: () => void) {
  const t = useText(storageMessages);
  const client = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: () => carryOut(step, form),
    onSuccess: async () => {
      void message.success(t(step.action === "request_destruction" ? "requested" : "started"));
      onDone();
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "storage" });
    },
  });
}

async function carryOut(step: KeyStep, { name, reason }: { name: string; reason: string }): Promise<void> {
  if (step.action === "rotate_master") {
    await data(api.POST("/api/v1/storage/master-keys/rotate"));
    return;
  }
  const params = { path: { id: step.row.organisation.id } };
  if (step.action === "rotate") await data(api.POST("/api/v1/storage/keys/{id}/rotate", { params }));
  else if (step.action === "destroy") await data(api.POST("/api/v1/storage/keys/{id}/destruction/confirm", { params, body: { name } }));
  else await data(api.POST("/api/v1/storage/keys/{id}/destruction", { params, body: { name, reason } }));
}
