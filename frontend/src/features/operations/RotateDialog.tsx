import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import type { LogKeyAlgorithm } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { ledgerMessages } from "./ledgerMessages";

const FOLLOWS = ["rotateLog1", "rotateLog2", "rotateLog3"] as const;

/** Says what the change of a key that signs checkpoints brings with it; nothing happens before that was acknowledged. */
export function RotateDialog({ name, algorithm, onClose }: { name: string; algorithm: LogKeyAlgorithm; onClose: () => void }) {
  const t = useText(ledgerMessages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [read, setRead] = useState(false);
  const rotate = useMutation({
    mutationFn: () => data(api.POST("/api/v1/ledger/keys/rotate", { body: { algorithm } })),
    onSuccess: async () => {
      void message.success(t("rotated"));
      onClose();
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "ledger" });
    },
  });
  return (
    <Modal open title={t("rotateTitle", { name })} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (read) rotate.mutate();
        }}
      >
        <p>{t("rotateFollows")}</p>
        <ul>
          {FOLLOWS.map((key) => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
        <label className="check">
          <input type="checkbox" checked={read} onChange={(event) => setRead(event.target.checked)} data-testid="rotate-read" />
          <span>{t("rotateRead")}</span>
        </label>
        <InlineFailure error={rotate.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" danger htmlType="submit" disabled={!read} loading={rotate.isPending} data-testid="rotate-submit">
            {t("rotate")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
