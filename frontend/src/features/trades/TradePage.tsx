import { Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { useResource, useSession } from "../../api/queries";
import type { TradeDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { LineComparison } from "../../shared/trade/LineComparison";
import { MismatchList } from "../../shared/trade/MismatchList";
import { Thread } from "../../shared/trade/Thread";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { Flow } from "./Flow";
import { Findings } from "./Findings";
import { Invoices } from "./Invoices";
import { messages } from "./messages";
import { Payment } from "./Payment";
import { PaymentDialog } from "./PaymentDialog";
import { RightPanel } from "./RightPanel";
import { Timeline } from "./Timeline";
import "./trades.css";

export default function TradePage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const query = useResource("/api/v1/trades/{id}", { id });
  const trade = query.data;
  const title = trade ? (trade.order_number ? t("orderOf", { number: trade.order_number }) : t("provisional")) : t("title");
  return (
    <Page
      title={title}
      back={<Link to="/trades">← {t("back")}</Link>}
      lead={trade && t("parties", { seller: trade.seller.name, buyer: trade.buyer.name })}
      action={trade && <PaymentAction trade={trade} reload={async () => (await query.refetch()).data} />}
    >
      <Loaded query={query} hasData={trade !== undefined} rows={12}>
        {trade && <Body trade={trade} />}
      </Loaded>
    </Page>
  );
}

function PaymentAction({ trade, reload }: { trade: TradeDetail; reload: () => Promise<TradeDetail | undefined> }) {
  const t = useText(messages);
  const [open, setOpen] = useState(false);
  if (!trade.allowed_actions.includes("confirm_payment")) return null;
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)} data-testid="confirm-payment-button">
        {t("confirmPayment")}
      </Button>
      {open && <PaymentDialog trade={trade} reload={reload} onClose={() => setOpen(false)} />}
    </>
  );
}

function Body({ trade }: { trade: TradeDetail }) {
  const t = useText(messages);
  const session = useSession();
  const core = session.data?.roles.includes("core_enterprise") && session.data.organisation?.id === trade.buyer.id;
  const organisation = session.data?.organisation?.id;
  const party = organisation !== undefined && (organisation === trade.seller.id || organisation === trade.buyer.id);
  const disputed = trade.documents.filter((row) => row.confirmation_state === "disputed" || row.rest_disputed);
  return (
    <>
      {core && trade.pending_confirmations > 0 && (
        <p className="note note-attention spread">
          <span>{t("pendingHere", { count: trade.pending_confirmations })}</span>
          <Link to="/confirmations">{t("toConfirm")}</Link>
        </p>
      )}
      <RightPanel right={trade.right} />
      <Flow trade={trade} />
      <div className="columns">
        <div className="stack">
          <Section title={t("linesTitle")} note={t("linesNote")}>
            <LineComparison lines={trade.lines} currency={trade.currency} />
          </Section>
          <Invoices trade={trade} />
          <Section title={t("mismatchesTitle")}>
            {trade.mismatches.length === 0 ? <p className="muted">{t("noMismatches")}</p> : <MismatchList mismatches={trade.mismatches} linked />}
          </Section>
          {party && disputed.map((row) => <Thread key={row.id} document={row.id} />)}
          {trade.payment_confirmation && <Payment payment={trade.payment_confirmation} />}
          <Findings trade={trade} />
        </div>
        <Timeline events={trade.timeline} />
      </div>
    </>
  );
}
