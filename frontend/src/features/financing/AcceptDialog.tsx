import { api, data } from "../../api/client";
import type { Offer } from "../../api/types";
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
  const send = useAct((amount: string) => {
    const init = { params: { path: { id: offer.id } }, body: { amount } };
    return action === "accept" ? data(api.POST("/api/v1/financing/offers/{id}/accept", init)) : data(api.POST("/api/v1/financing/offers/{id}/propose-acceptance", init));
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
      onClose={onClose}
    >
      <p className="note note-attention">{t("acceptWhat", names)}</p>
      {action === "propose_acceptance" && <p>{t("proposeWhat")}</p>}
    </TypedAmountDialog>
  );
}
