import { Button, Modal } from "antd";

import { useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import type { DroppedTrust } from "./dropped";
import { messages } from "./messages";
import { clean } from "./sentence";
import type { Trust } from "./trust";
import { factsOfTrust } from "./trustFacts";
import type { TrustState } from "./useCheck";
import { verdictWords } from "./verdictWords";

interface Props {
  offered: DroppedTrust;
  inUse: TrustState;
  onAccept: () => void;
  onDecline: () => void;
}

/** A trust file decides whom to believe, so one that was dropped in among others never replaces it unasked. */
export function TrustDialog({ offered, inUse, onAccept, onDecline }: Props) {
  const t = useText(messages);
  const say = useText(verdictWords);
  const { trust, unreadable } = offered;
  return (
    <Modal open title={trust ? t("trustAsk") : t("trustBad")} onCancel={onDecline} footer={null} width={600}>
      <div className="stack" data-testid="trust-dialog">
        {trust && (
          <>
            <p className="note note-attention">{t("trustAskText")}</p>
            <Facts wide facts={[[t("trustFile"), clean(offered.name)], ...factsOf(trust, t)]} />
            {inUse.state === "ready" && (
              <div className="trust-now">
                <h3>{t("trustNow")}</h3>
                <Facts wide facts={[[t("trustFile"), (inUse.own && clean(inUse.own)) ?? t("trustOfPlatform")], ...factsOf(inUse.trust, t)]} />
              </div>
            )}
          </>
        )}
        {unreadable && <p className="note note-refused">{t("trustWrong", { reason: say(unreadable.text, unreadable.values) })}</p>}
        <div className="actions end">
          <Button onClick={onDecline} autoFocus data-testid="trust-decline">
            {trust ? t("trustKeep") : t("close")}
          </Button>
          {trust && (
            <Button type="primary" danger onClick={onAccept} data-testid="trust-accept">
              {t("trustUse")}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}

function factsOf(trust: Trust, t: (key: keyof typeof messages, params?: Record<string, string | number>) => string) {
  const { origin, keys, witnesses, chains, required } = factsOfTrust(trust);
  return [
    [t("trustOrigin"), origin],
    [t("trustKeys"), lines(keys)],
    [t("trustWitnesses"), witnesses.length > 0 ? lines(witnesses) : null],
    [t("chains"), chains.length > 0 ? lines(chains.map((chain) => t("trustChain", chain))) : t("trustNoChain")],
    [t("trustRequired"), required],
  ] as const;
}

function lines(texts: readonly string[]) {
  return texts.map((text, position) => (
    <div key={position} className="break">
      {text}
    </div>
  ));
}
