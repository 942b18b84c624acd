import { Link } from "react-router";

import { useResource } from "../../api/queries";
import type { Portfolio, PortfolioFigure } from "../../api/types";
import { formatShare, isZero } from "../../shared/format/decimal";
import { useFilters } from "../../shared/hooks/useFilters";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { Choice, DateField, FilterBar } from "../../shared/ui/Filters";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import "./loans.css";
import { messages } from "./messages";

/** What a funder has out: every figure leads to the loans that it is the sum of. */
export default function PortfolioPage() {
  const t = useText(messages);
  const { filters, set, clear } = useFilters(["as_of", "currency"]);
  const query = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));
  const portfolio = useResource("/api/v1/financing/portfolio", {}, true, query);
  const found = portfolio.data;
  return (
    <Page title={t("portfolio")} lead={t("portfolioLead")}>
      <FilterBar onClear={clear}>
        <DateField label={t("asOf")} value={filters.as_of} onChange={(value) => set("as_of", value)} />
        {found && found.currencies.length > 1 && (
          <Choice label={t("currency")} any={null} value={found.currency} onChange={(value) => set("currency", value)} options={found.currencies.map((each) => [each, each])} />
        )}
      </FilterBar>
      <Loaded query={portfolio} hasData={found !== undefined} rows={8}>
        {found &&
          (isZero(found.outstanding.amount) && isZero(found.written_off.amount) ? (
            <section className="card">
              <Empty title={t("nothingOut")} action={<Link to="/loans">{t("title")}</Link>}>
                {t("nothingOutText")}
              </Empty>
            </section>
          ) : (
            <div className="stack">
              <Summary found={found} />
              <div className="halves">
                <Names title={t("topDebtors")} names={found.debtors} hhi={found.hhi_debtors} currency={found.currency} />
                <Names title={t("topSuppliers")} names={found.suppliers} hhi={found.hhi_suppliers} currency={found.currency} />
                <Ageing found={found} />
                <Expected found={found} />
              </div>
            </div>
          ))}
      </Loaded>
    </Page>
  );
}

/** An amount that opens to its loans. */
function Opens({ figure, currency, wan = false }: { figure: PortfolioFigure; currency: string; wan?: boolean }) {
  if (figure.loans === 0) return <Money value={figure.amount} currency={currency} />;
  return (
    <Link to={`/loans?${new URLSearchParams(figure.filter).toString()}`}>
      <Money value={figure.amount} currency={currency} wan={wan} />
    </Link>
  );
}

function Summary({ found }: { found: Portfolio }) {
  const t = useText(messages);
  const money = (value: string) => <Money value={value} currency={found.currency} />;
  return (
    <Section title={t("outstanding")} testId="portfolio">
      <dl className="portfolio-figures">
        <div>
          <dt>{t("outstanding")}</dt>
          <dd data-testid="portfolio-outstanding">
            <Opens figure={found.outstanding} currency={found.currency} wan />
          </dd>
          <dd className="meta">{t("loanCount", { count: found.outstanding.loans })}</dd>
        </div>
        <div>
          <dt>{t("principal")}</dt>
          <dd>{money(found.principal)}</dd>
        </div>
        <div>
          <dt>{t("interest")}</dt>
          <dd>{money(found.interest)}</dd>
        </div>
        <div>
          <dt>{t("fee")}</dt>
          <dd>{money(found.fee)}</dd>
        </div>
        {found.weighted_rate !== null && (
          <div>
            <dt>{t("weightedRate")}</dt>
            <dd>{formatShare(found.weighted_rate)}</dd>
          </div>
        )}
        {!isZero(found.written_off.amount) && (
          <div>
            <dt>{t("writtenOff")}</dt>
            <dd>
              <Opens figure={found.written_off} currency={found.currency} />
            </dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

function Names({ title, names, hhi, currency }: { title: string; names: Portfolio["debtors"]; hhi: string | null; currency: string }) {
  const t = useText(messages);
  return (
    <Section title={title} note={hhi === null ? undefined : t("hhi", { value: hhi })}>
      <DataTable
        caption={title}
        rows={names}
        rowKey={(row) => row.organisation.id}
        columns={[
          { key: "name", title: t("name"), head: true, wrap: true, render: (row) => row.organisation.name },
          { key: "share", title: t("share"), align: "right", render: (row) => formatShare(row.share) },
          { key: "amount", title: t("amount"), align: "right", render: (row) => <Opens figure={row} currency={currency} /> },
        ]}
      />
    </Section>
  );
}

function Ageing({ found }: { found: Portfolio }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("ageing")}>
      <DataTable
        caption={t("ageing")}
        rows={found.ageing}
        rowKey={(row) => row.bucket}
        testId="ageing-row"
        columns={[
          { key: "bucket", title: t("ageing"), head: true, render: (row) => code("bucket", row.bucket) },
          { key: "loans", title: t("title"), align: "right", render: (row) => row.loans },
          { key: "amount", title: t("amount"), align: "right", render: (row) => <Opens figure={row} currency={found.currency} /> },
        ]}
      />
    </Section>
  );
}

function Expected({ found }: { found: Portfolio }) {
  const t = useText(messages);
  return (
    <Section title={t("expected")}>
      <DataTable
        caption={t("expected")}
        rows={found.expected}
        rowKey={(row) => row.on ?? "overdue"}
        columns={[
          { key: "day", title: t("day"), head: true, render: (row) => (row.on ? <Day value={row.on} /> : t("overdue")) },
          { key: "loans", title: t("title"), align: "right", render: (row) => row.loans },
          { key: "amount", title: t("amount"), align: "right", render: (row) => <Opens figure={row} currency={found.currency} /> },
        ]}
      />
    </Section>
  );
}
