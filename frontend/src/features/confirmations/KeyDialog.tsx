import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { toHex, utf8 } from "../../shared/crypto/bytes";
import { createHashes } from "../../shared/crypto/hash";
import { generateKey, lock, sign } from "../../shared/crypto/sm2Key";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { settingsMessages } from "./settingsMessages";
import { useAct } from "./useAct";

const SHORTEST = 12;

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Makes a key on this computer, saves its file here, and asks that its public part be registered. */
async function makeAndRegister(passphrase: string): Promise<unknown> {
  const key = generateKey();
  const public_key = toHex(key.public);
  const { statement } = await data(api.GET("/api/v1/confirmations/desk/own-key/statement", { params: { query: { public_key } } }));
  const { sm3 } = await createHashes();
  const signature = toHex(sign(key, utf8(statement), sm3));
  save(await lock(key, passphrase), `sm2-key-${public_key.slice(2, 10)}.json`);
  return data(api.POST("/api/v1/confirmations/desk/own-key", { body: { public_key, signature } }));
}

export function KeyDialog({ onClose }: { onClose: () => void }) {
  const t = useText(settingsMessages);
  const id = useId();
  const [passphrase, setPassphrase] = useState("");
  const make = useAct(() => makeAndRegister(passphrase), t("requested"), onClose);
  return (
    <Modal open title={t("makeKey")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase.length >= SHORTEST) make.mutate();
        }}
      >
        <p className="muted">{t("makeKeyText")}</p>
        <div className="field">
          <label htmlFor={id}>{t("passphrase")}</label>
          <input id={id} type="password" autoComplete="new-password" className="input" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} data-testid="new-passphrase" />
        </div>
        <InlineFailure error={make.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={passphrase.length < SHORTEST} loading={make.isPending} data-testid="key-make">
            {t("makeKey")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
