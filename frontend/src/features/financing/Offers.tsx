import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";

import { api, data } from "../../api/client";
import type { FinancingRequestDetail, Offer } from "../../api/types";
import { formatShare, isAbove } from "../../shared/format/decimal";
import { businessDay, today } from "../../shared/format/time";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { InlineFailure } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { AcceptDialog } from "./AcceptDialog";
import { costOf } from "./cost";
import { messages } from "./messages";
import { OfferTag } from "./tags";

const LIVE: readonly Offer["state"][] = ["open", "acceptance_proposed"];

function costs(offer: Offer) {
  return costOf(offer.amount, offer, offer.accepted_at ? businessDay(new Date(offer.accepted_at)) : today(), offer.maturity);
}

/** The offers of a request side by side; of those that can be accepted the cheapest for its amount and time is marked. */
export function Offers({ row }: { row: FinancingRequestDetail }) {
  const t = useText(messages);
  const live = row.offers.filter((offer) => LIVE.includes(offer.state) && costs(offer) !== null);
  const comparable = live.length > 1 && live.every((offer) => offer.amount === live[0]?.amount && offer.maturity === live[0].maturity);
  const cheapest = comparable ? live.reduce((best, each) => (isAbove(costs(best)?.total ?? "0", costs(each)?.total ?? "0") ? each : best)) : null;
  return (
    <Section title={t("offersTitle")} testId="offers">
      {row.offers.length === 0 ? (
        <p className="muted">{t("noOffers")}</p>
      ) : (
        <ul className="offer-cards">
          {row.offers.map((offer) => (
            <OfferCard key={offer.id} offer={offer} isCheapest={offer.id === cheapest?.id} />
          ))}
        </ul>
      )}
    </Section>
  );
}

type Dialog = "propose_acceptance" | "accept" | "reject" | null;

function OfferCard({ offer, isCheapest }: { offer: Offer; isCheapest: boolean }) {
  const t = useText(messages);
  const code = useCodes();
  const [dialog, open] = useState<Dialog>(null);
  const close = () => open(null);
  const path = { params: { path: { id: offer.id } } };
  const approve = useAct(() => data(api.POST("/api/v1/financing/offers/{id}/approve", path)));
  const withdraw = useAct(() => data(api.POST("/api/v1/financing/offers/{id}/withdraw", path)));
  const takeBack = useAct(() => data(api.POST("/api/v1/financing/offers/{id}/take-back-acceptance", path)));
  const reject = useAct((reason: string) => data(api.POST("/api/v1/financing/offers/{id}/reject", { ...path, body: { reason } })), close);
  const cost = costs(offer);
  const may = (action: string) => offer.allowed_actions.includes(action);
  return (
    <li className="offer-card" data-testid="offer-card" data-id={offer.id}>
      <div className="offer-card-head">
        <h3>{offer.funder.name}</h3>
        <OfferTag state={offer.state} />
      </div>
      {isCheapest && <StatusTag tone="done">{t("cheapest")}</StatusTag>}
      <Facts
        facts={[
          [t("amount"), <Money key="amount" value={offer.amount} currency={offer.currency} wan />],
          cost && [t("totalCost"), <Money key="cost" value={cost.total} currency={offer.currency} />],
          cost && [t("payBack"), <Money key="back" value={cost.back} currency={offer.currency} />],
          [t("annualRate"), `${formatShare(offer.annual_rate)} (${offer.day_count})`],
          [t("feeRate"), formatShare(offer.fee_rate)],
          [t("maturity"), <Day key="maturity" value={offer.maturity} />],
          [t("grace"), t("daysCount", { count: offer.grace_days })],
          [t("method"), `${code("financingMethod", offer.method)} · ${t(offer.recourse ? "withRecourse" : "withoutRecourse")}`],
          [t("validUntil"), <Time key="valid" value={offer.valid_until} />],
          [t("conditions"), offer.conditions],
          offer.reason !== "" && [t("reason"), offer.reason],
        ]}
      />
      {offer.maker && (
        <p className="meta">{offer.checker ? t("byTwo", { maker: offer.maker.name, checker: offer.checker.name }) : t("by", { maker: offer.maker.name })}</p>
      )}
      {offer.state === "acceptance_proposed" && offer.accepting_maker && <p className="meta">{t("acceptBy", { maker: offer.accepting_maker.name })}</p>}
      <InlineFailure error={approve.error ?? withdraw.error ?? takeBack.error} />
      <div className="actions">
        {may("accept") && (
          <Button type="primary" onClick={() => open("accept")} data-testid="offer-accept">
            {t("action_accept")}
          </Button>
        )}
        {may("propose_acceptance") && (
          <Button type="primary" onClick={() => open("propose_acceptance")} data-testid="offer-propose-acceptance">
            {t("action_propose_acceptance")}
          </Button>
        )}
        {may("approve") && (
          <Button type="primary" onClick={() => approve.mutate()} loading={approve.isPending} data-testid="offer-approve">
            {t("action_approve")}
          </Button>
        )}
        {may("take_back_acceptance") && (
          <Button onClick={() => takeBack.mutate()} loading={takeBack.isPending} data-testid="offer-take-back">
            {t("action_take_back_acceptance")}
          </Button>
        )}
        {may("reject") && (
          <Button onClick={() => open("reject")} data-testid="offer-reject">
            {t("action_reject")}
          </Button>
        )}
        {may("withdraw") && (
          <Button onClick={() => withdraw.mutate()} loading={withdraw.isPending} data-testid="offer-withdraw">
            {t("action_withdraw")}
          </Button>
        )}
        {offer.loan && (
          <Link to={`/loans/${offer.loan}`} data-testid="offer-loan">
            {t("toLoan")}
          </Link>
        )}
      </div>
      {(dialog === "accept" || dialog === "propose_acceptance") && <AcceptDialog offer={offer} action={dialog} onClose={close} />}
      {dialog === "reject" && (
        <ReasonDialog title={t("rejectTitle", { funder: offer.funder.name })} what={t("rejectWhat")} action={t("action_reject")} act={reject} onClose={close} />
      )}
    </li>
  );
}
