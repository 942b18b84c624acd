import { api, data } from "../../api/client";
import type { Offer } from "../../api/types";
import { isKeyProblem, useOwnSigning } from "../../shared/crypto/useOwnKey";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Day } from "../../shared/ui/figures";
import { TypedAmountDialog } from "../../shared/ui/TypedAmountDialog";
import { messages } from "./messages";

interface Props {
  offer: Offer;
  action: "propose_acceptance" | "accept";
  onClose: () => void;
}

/** The first and the second of the two people who accept. */
export function AcceptDialog({ offer, action, onClose }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const signing = useOwnSigning();
  const send = useAct((amount: string) => {
    const params = { path: { id: offer.id } };
    if (action === "propose_acceptance") return data(api.POST("/api/v1/financing/offers/{id}/propose-acceptance", { params, body: { amount } }));
    return signing.send(
      () => data(api.POST("/api/v1/financing/offers/{id}/accept/to-sign", { params })),
      (own) => data(api.POST("/api/v1/financing/offers/{id}/accept", { params, body: { amount, own } })),
    );
  }, onClose);
  const names = { funder: offer.funder.name, method: code("financingMethod", offer.method) };
  return (
    <TypedAmountDialog
      title={t(action === "accept" ? "acceptTitle" : "proposeTitle", names)}
      action={t(`action_${action}`)}
      amount={offer.amount}
      currency={offer.currency}
      facts={[[t("maturity"), <Day key="maturity" value={offer.maturity} />]]}
      act={send}
      ready={signing.ready}
      quiet={isKeyProblem(send.error)}
      onClose={onClose}
    >
      <p className="note note-attention">{t("acceptWhat", names)}</p>
      {action === "propose_acceptance" && <p>{t("proposeWhat")}</p>}
      {signing.fields}
    </TypedAmountDialog>
  );
}
