import { Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { api, data } from "../../api/client";
import { useResource, useSession } from "../../api/queries";
import type { FinancingRequestDetail, Invitation } from "../../api/types";
import { inCapitals } from "../../shared/format/capital";
import { formatMoney } from "../../shared/format/money";
import { useAct } from "../../shared/hooks/useAct";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import "./financing.css";
import { messages } from "./messages";
import { OfferDialog } from "./OfferDialog";
import { Offers } from "./Offers";
import { RequestedRights } from "./RequestedRights";
import { InvitationTag, RequestTag } from "./tags";

/** One request: what it asks for on which rights, who answered what, and the offers side by side. */
export default function RequestPage() {
  const t = useText(messages);
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const session = useSession();
  const isFinancier = session.data?.roles.includes("financier") ?? false;
  const request = useResource("/api/v1/financing/requests/{id}", { id });
  const row = request.data;
  return (
    <Page
      title={row ? t("requestTitle", { amount: formatMoney(row.amount, row.currency, language) }) : t("title")}
      lead={row && (row.state === "submitted" && isFinancier ? t("lead_submittedFinancier") : t(`lead_${row.state}`))}
      back={<Link to="/financing/requests">← {t("back")}</Link>}
    >
      <Loaded query={request} hasData={row !== undefined} rows={8}>
        {row && (
          <div className="stack">
            <Summary row={row} />
            <Offers row={row} />
            <RequestedRights row={row} />
            <Answers row={row} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Summary({ row }: { row: FinancingRequestDetail }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const path = { params: { path: { id: row.id } } };
  const submit = useAct(() => data(api.POST("/api/v1/financing/requests/{id}/submit", path)));
  const withdraw = useAct(() => data(api.POST("/api/v1/financing/requests/{id}/withdraw", path)));
  const acts = { submit, withdraw };
  const capitals = language === "zh" ? inCapitals(row.amount, row.currency) : null;
  return (
    <section className="card">
      <Facts
        facts={[
          [t("state"), <RequestTag key="state" request={row} />],
          [t("supplier"), row.supplier.name],
          [t("debtor"), row.debtor?.name],
          [
            t("amount"),
            <span key="amount">
              <Money value={row.amount} currency={row.currency} wan />
              {capitals && <span className="meta"> {t("capitals", { words: capitals })}</span>}
            </span>,
          ],
          [t("until"), <Day key="until" value={row.until} />],
          [t("submitted"), row.submitted_at && <Time key="submitted" value={row.submitted_at} />],
          [t("settledAt"), row.settled_at && <Time key="settled" value={row.settled_at} />],
          [t("noteSaid"), row.note],
        ]}
      />
      <InlineFailure error={submit.error ?? withdraw.error} />
      {row.allowed_actions.length > 0 && (
        <div className="actions">
          {(["submit", "withdraw"] as const)
            .filter((action) => row.allowed_actions.includes(action))
            .map((action) => (
              <Button key={action} type={action === "submit" ? "primary" : "default"} onClick={() => acts[action].mutate()} loading={acts[action].isPending} data-testid={`request-${action}`}>
                {t(`action_${action}`)}
              </Button>
            ))}
        </div>
      )}
    </section>
  );
}

function Answers({ row }: { row: FinancingRequestDetail }) {
  const t = useText(messages);
  const [dialog, open] = useState<{ kind: "offer" | "decline"; invitation: Invitation } | null>(null);
  const close = () => open(null);
  const decline = useAct((reason: string) => data(api.POST("/api/v1/financing/invitations/{id}/decline", { params: { path: { id: dialog?.invitation.id ?? "" } }, body: { reason } })), close);
  return (
    <Section title={t("answers")}>
      <DataTable
        caption={t("answers")}
        rows={row.invitations}
        rowKey={(each) => each.id}
        testId="invitation-row"
        columns={[
          { key: "funder", title: t("funders"), head: true, wrap: true, render: (each) => each.funder.name },
          { key: "programme", title: t("programme"), wrap: true, render: (each) => each.programme.name },
          { key: "state", title: t("state"), render: (each) => <InvitationTag state={each.state} /> },
          { key: "reason", title: t("reason"), wrap: true, render: (each) => each.reason },
          {
            key: "action",
            title: t("action"),
            action: true,
            render: (each) => (
              <div className="actions">
                {each.allowed_actions.includes("offer") && (
                  <Button type="primary" onClick={() => open({ kind: "offer", invitation: each })} data-testid="make-offer">
                    {t("action_offer")}
                  </Button>
                )}
                {each.allowed_actions.includes("decline") && (
                  <Button onClick={() => open({ kind: "decline", invitation: each })} data-testid="decline">
                    {t("action_decline")}
                  </Button>
                )}
              </div>
            ),
          },
        ]}
      />
      {dialog?.kind === "offer" && <OfferDialog request={row} invitation={dialog.invitation} onClose={close} />}
      {dialog?.kind === "decline" && (
        <ReasonDialog title={t("declineTitle")} what={t("declineWhat")} action={t("action_decline")} required act={decline} onClose={close} />
      )}
    </Section>
  );
}
