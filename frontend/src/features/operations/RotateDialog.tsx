import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { PublisherKey } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { ledgerMessages } from "./ledgerMessages";

const OF_LOG = ["rotateLog1", "rotateLog2", "rotateLog3"] as const;
const OF_CHAIN = ["rotateChain1", "rotateChain2", "rotateChain3"] as const;

/** Says what the change of a key brings with it; nothing happens before that was acknowledged. */
export function RotateDialog({ row, onClose }: { row: PublisherKey; onClose: () => void }) {
  const t = useText(ledgerMessages);
  const code = useCodes();
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [read, setRead] = useState(false);
  const onChain = row.algorithm === "secp256k1";
  const [chain, setChain] = useState(row.chains[0]?.chain);
  const rotate = useMutation({
    mutationFn: () => data(api.POST("/api/v1/ledger/keys/rotate", { body: { algorithm: row.algorithm, ...(onChain && { chain }) } })),
    onSuccess: async () => {
      void message.success(t(onChain ? "rotateStarted" : "rotated"));
      onClose();
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "ledger" });
    },
  });
  return (
    <Modal open title={t("rotateTitle", { name: row.name })} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (read) rotate.mutate();
        }}
      >
        <p>{t("rotateFollows")}</p>
        <ul>
          {(onChain ? OF_CHAIN : OF_LOG).map((key) => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
        {onChain && row.chains.length > 1 && (
          <div className="field">
            <label htmlFor={id}>{t("rotateWhich")}</label>
            <select id={id} className="select" value={chain} onChange={(event) => setChain(event.target.value)}>
              {row.chains.map((each) => (
                <option key={each.chain} value={each.chain}>
                  {code("chainName", each.chain, {}, each.chain)}
                </option>
              ))}
            </select>
          </div>
        )}
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
