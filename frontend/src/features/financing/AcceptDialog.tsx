import { Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Offer } from "../../api/types";
import { inCapitals } from "../../shared/format/capital";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money } from "../../shared/ui/figures";
import { InlineFailure } from "../../shared/ui/states";
import { isAbove, typedAmount } from "./draft";
import { messages } from "./messages";
import { useAct } from "./useAct";

interface Props {
  offer: Offer;
  action: "propose_acceptance" | "accept";
  onClose: () => void;
}

/** The first and the second of the two people who accept: each types the amount back. */
export function AcceptDialog({ offer, action, onClose }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const id = useId();
  const [typed, setTyped] = useState("");
  const amount = typedAmount(typed);
  const same = amount !== null && !isAbove(amount, offer.amount) && !isAbove(offer.amount, amount);
  const capitals = amount !== null && language === "zh" ? inCapitals(amount, offer.currency) : null;
  const send = useAct(() => {
    const init = { params: { path: { id: offer.id } }, body: { amount: amount ?? "" } };
    return action === "accept" ? data(api.POST("/api/v1/financing/offers/{id}/accept", init)) : data(api.POST("/api/v1/financing/offers/{id}/propose-acceptance", init));
  }, onClose);
  const names = { funder: offer.funder.name, method: code("financingMethod", offer.method) };
  return (
    <Modal
      open
      title={t(action === "accept" ? "acceptTitle" : "proposeTitle", names)}
      okText={t(`action_${action}`)}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !same, loading: send.isPending, "data-testid": "accept-confirm" }}
      onOk={() => send.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="note note-attention">{t("acceptWhat", names)}</p>
        {action === "propose_acceptance" && <p>{t("proposeWhat")}</p>}
        <Facts
          facts={[
            [t("amount"), <Money key="amount" value={offer.amount} currency={offer.currency} wan />],
            [t("maturity"), <Day key="maturity" value={offer.maturity} />],
          ]}
        />
        <div className="field">
          <label htmlFor={id}>{t("typeAmount")}</label>
          <input id={id} className="input right" inputMode="decimal" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} aria-describedby={`${id}hint`} data-testid="accept-amount" />
          <span id={`${id}hint`} className="meta" role="status">
            {typed !== "" && !same ? t("amountDiffers") : capitals && t("capitals", { words: capitals })}
          </span>
        </div>
        <InlineFailure error={send.error} />
      </div>
    </Modal>
  );
}
