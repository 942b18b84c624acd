import { useState } from "react";
import { Link, useParams } from "react-router";

import { useResource } from "../../api/queries";
import type { RightDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Page } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { OrderOfEffect } from "./effect/OrderOfEffect";
import { Eligibility } from "./Eligibility";
import { Figures } from "./Figures";
import { Head } from "./Head";
import { CertificateButton } from "./CertificateButton";
import { messages } from "./messages";
import { Payments } from "./Payments";
import { RightTimeline } from "./RightTimeline";
import { Rungs } from "./Rungs";
import { type Figure } from "./figure";
import { SourceDrawer } from "./SourceDrawer";
import "./rights.css";

export default function RightPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const query = useResource("/api/v1/rights/{id}", { id });
  const right = query.data;
  const title = !right ? t("title") : right.order_number ? t("rightOf", { number: right.order_number }) : t("rightOfProvisional");
  return (
    <Page
      title={title}
      back={<Link to="/rights">← {t("back")}</Link>}
      lead={right && t("parties", { seller: right.seller.name, buyer: right.buyer.name })}
      action={
        right && (
          <div className="actions">
            <Link to={`/trades/${right.trade}`}>{t("toTrade")}</Link>
            {right.rung > 0 && <CertificateButton id={right.id} name={right.order_number} />}
          </div>
        )
      }
    >
      <Loaded query={query} hasData={right !== undefined} rows={12}>
        {right && <Body right={right} />}
      </Loaded>
    </Page>
  );
}

function Body({ right }: { right: RightDetail }) {
  const [figure, setFigure] = useState<Figure | null>(null);
  return (
    <>
      <Head right={right} onOpen={setFigure} />
      <div className="columns">
        <div className="stack">
          <Rungs right={right} />
          <OrderOfEffect right={right} />
          <Figures right={right} onOpen={setFigure} />
          <Payments right={right} />
          <Eligibility eligibility={right.eligibility} />
        </div>
        <RightTimeline events={right.timeline} />
      </div>
      <SourceDrawer right={right} figure={figure} onClose={() => setFigure(null)} />
    </>
  );
}
