import { useId, useState, type ReactNode } from "react";

import { useResource } from "../../api/queries";
import { inCapitals } from "../../shared/format/capital";
import { formatDate } from "../../shared/format/time";
import { signPrepared, useKeyFile, type OwnSignature, type ToSign } from "../../shared/crypto/useOwnKey";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { deskMessages } from "./deskMessages";

const AMOUNT = /^\d{1,16}(\.\d{1,4})?$/;

interface Asked {
  /** Currency of the amount to be typed back; null where none is. */
  typed: string | null;
  /** Whether a signature is made now; a proposal makes none. */
  signs: boolean;
}

export interface Authority {
  fields: ReactNode;
  ready: boolean;
  /** What goes with the request. */
  body: { amount?: string; on_behalf_of?: string };
  /** The own key's signature over what `prepare` fetches; undefined where the key in custody signs. */
  own: (prepare: () => Promise<ToSign>) => Promise<OwnSignature | undefined>;
}

/** In whose right, with which amount typed back, and with which key somebody signs. */
export function useAuthority({ typed, signs }: Asked): Authority {
  const t = useText(deskMessages);
  const { language } = useLanguage();
  const id = useId();
  const desk = useResource("/api/v1/confirmations/desk").data;
  const [behalf, setBehalf] = useState("");
  const [amount, setAmount] = useState("");
  const key = useKeyFile();
  const held = desk?.delegations.filter((row) => !row.given_by_you) ?? [];
  const ownKey = signs && Boolean(desk?.own_key);
  const plain = amount.replaceAll(",", "").trim();
  const validAmount = AMOUNT.test(plain);
  const capitals = typed && validAmount && language === "zh" ? inCapitals(plain, typed) : null;

  const fields = (
    <>
      {held.length > 0 && (
        <div className="field">
          <label htmlFor={`${id}behalf`}>{t("actAs")}</label>
          <select id={`${id}behalf`} className="select" value={behalf} onChange={(event) => setBehalf(event.target.value)} data-testid="on-behalf-of">
            <option value="">{t("ownRight")}</option>
            {held.map((row) => (
              <option key={row.id} value={row.principal.id}>
                {t("onBehalf", { name: row.principal.name, until: formatDate(row.until) })}
              </option>
            ))}
          </select>
        </div>
      )}
      {typed !== null && (
        <div className="field">
          <label htmlFor={`${id}amount`}>{t("typeAmount", { currency: typed })}</label>
          <input id={`${id}amount`} className="input right" inputMode="decimal" autoComplete="off" value={amount} onChange={(event) => setAmount(event.target.value)} data-testid="typed-amount" />
          {capitals && <span aria-live="polite">{t("capitals", { words: capitals })}</span>}
        </div>
      )}
      {ownKey && key.fields}
    </>
  );
  return {
    fields,
    ready: desk !== undefined && (typed === null || validAmount) && (!ownKey || key.chosen),
    body: { ...(typed !== null && { amount: plain }), ...(behalf && { on_behalf_of: behalf }) },
    own: async (prepare) => {
      if (!ownKey) return undefined;
      const opened = await key.open();
      return signPrepared(opened, await prepare());
    },
  };
}
