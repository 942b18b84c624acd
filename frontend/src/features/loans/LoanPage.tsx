import { useParams, Link } from "react-router";

import { useResource } from "../../api/queries";
import type { LoanDetail } from "../../api/types";
import { formatShare, isZero } from "../../shared/format/decimal";
import { formatMoney } from "../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { History } from "./History";
import { LoanActions } from "./LoanActions";
import { messages } from "./messages";
import { Payments } from "./Payments";
import { Payouts } from "./Payouts";
import { StatementSection } from "./StatementSection";
import { LoanTag } from "./tags";

/** One loan: what is owed and why, the rights behind it, every payment, and the statement. */
export default function LoanPage() {
  const t = useText(messages);
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const loan = useResource("/api/v1/financing/loans/{id}", { id });
  const row = loan.data;
  return (
    <Page
      title={row ? t("loanTitle", { amount: formatMoney(row.principal, row.currency, language) }) : t("title")}
      lead={row && t(`lead_${row.state}`)}
      back={<Link to="/loans">← {t("back")}</Link>}
    >
      <Loaded query={loan} hasData={row !== undefined} rows={8}>
        {row && (
          <div className="stack">
            <div className="halves">
              <Terms row={row} />
              <Owed row={row} />
            </div>
            <Payments loan={row} />
            <Payouts loan={row} />
            <Rights row={row} />
            {row.disbursed_on && row.state !== "disbursement_proposed" && <StatementSection loan={row} />}
            <History row={row} />
            <Records row={row} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Terms({ row }: { row: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("terms")}>
      <Facts
        facts={[
          [t("state"), <LoanTag key="state" state={row.state} />],
          [t("supplier"), row.supplier.name],
          [t("funder"), row.funder.name],
          [t("debtor"), row.debtor.name],
          [t("annualRate"), `${formatShare(row.annual_rate)} (${row.day_count})`],
          [t("feeRate"), formatShare(row.fee_rate)],
          [t("method"), `${code("financingMethod", row.method)} · ${t(row.recourse ? "withRecourse" : "withoutRecourse")}`],
          [t("dueDate"), <Day key="due" value={row.due_date} />],
          [t("grace"), t("daysCount", { count: row.grace_days })],
          row.disbursed_on !== null && [t("disbursedOn"), <Day key="disbursed" value={row.disbursed_on} />],
          [t("payeeAccount"), row.payee_account],
          [t("bankReference"), row.bank_reference],
          [t("proposedBy"), row.proposed_by],
          [t("confirmedBy"), row.disbursed_by],
          row.claimed_on !== null && [t("claimedOn"), <Day key="claimed" value={row.claimed_on} />],
          [t("writeOffReason"), row.write_off_reason],
        ]}
      />
    </Section>
  );
}

function Owed({ row }: { row: LoanDetail }) {
  const t = useText(messages);
  const money = (value: string) => <Money value={value} currency={row.currency} />;
  return (
    <Section title={t("owedOn", { date: row.owed.as_of })} testId="owed">
      {row.days_overdue > 0 && (
        <p>
          <StatusTag tone="refused">{t("overdueBy", { count: row.days_overdue })}</StatusTag>
        </p>
      )}
      <Facts
        facts={[
          [t("principal"), money(row.owed.principal)],
          [t("interest"), money(row.owed.interest)],
          [t("fee"), money(row.owed.fee)],
          [
            t("total"),
            <strong key="total" data-testid="owed-total">
              <Money value={row.owed.total} currency={row.currency} wan />
            </strong>,
          ],
          !isZero(row.owed.recovery) && [t("recovery"), money(row.owed.recovery)],
          !isZero(row.owed.payable) && [t("payable"), money(row.owed.payable)],
          !isZero(row.owed.refundable) && [t("refundable"), money(row.owed.refundable)],
        ]}
      />
      <LoanActions loan={row} />
    </Section>
  );
}

function Rights({ row }: { row: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("rights")}>
      <DataTable
        caption={t("rights")}
        rows={row.pledges}
        rowKey={(pledge) => pledge.id}
        href={(pledge) => `/trades/${pledge.trade}`}
        testId="pledge-row"
        columns={[
          { key: "order", title: t("order"), head: true, render: (pledge) => pledge.order_number || t("orderMissing") },
          { key: "debtor", title: t("debtor"), wrap: true, render: (pledge) => pledge.debtor },
          { key: "base", title: t("base"), align: "right", render: (pledge) => <Money value={pledge.base} currency={row.currency} /> },
          {
            key: "state",
            title: t("state"),
            render: (pledge) => <StatusTag tone={pledge.state === "active" ? "done" : pledge.state === "registering" ? "running" : pledge.state === "refused" ? "refused" : "idle"}>{code("pledgeState", pledge.state)}</StatusTag>,
          },
          { key: "registered", title: t("registered"), wide: true, render: (pledge) => <Time value={pledge.registered_at} /> },
        ]}
      />
    </Section>
  );
}

function Records({ row }: { row: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  if (row.facts.length === 0) return null;
  return (
    <Section title={t("facts")}>
      <DataTable
        caption={t("facts")}
        rows={row.facts}
        rowKey={(fact) => fact.record}
        href={(fact) => `/ledger/records/${fact.record}`}
        columns={[
          { key: "what", title: t("what"), head: true, render: (fact) => code("recordTemplate", fact.template) },
          { key: "when", title: t("when"), render: (fact) => <Time value={fact.at} /> },
        ]}
      />
    </Section>
  );
}
