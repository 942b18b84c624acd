import { Link } from "react-router";

import { useList } from "../../api/queries";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

const SHOWN = 5;

/** What keeps a supplier's claims from being worth more, and the money that comes next. */
export function SupplierMoney() {
  return (
    <div className="home-grid">
      <WhyNot />
      <Expected />
    </div>
  );
}

function WhyNot() {
  const t = useText(messages);
  const code = useCodes();
  const rights = useList("/api/v1/rights", { state: "free" }, { pageSize: SHOWN });
  const waiting = rights.rows.filter((right) => right.missing.length > 0);
  return (
    <Section title={t("whyNotTitle")} note={t("whyNotNote")} action={<Link to="/trades">{t("allTrades")}</Link>} testId="why-not">
      <Loaded query={rights} hasData={rights.data !== undefined} rows={3}>
        {waiting.length === 0 ? (
          <p className="muted">{t(rights.rows.length ? "nothingMissing" : "noRights")}</p>
        ) : (
          <DataTable
            caption={t("whyNotTitle")}
            rows={waiting}
            rowKey={(right) => right.id}
            href={(right) => `/trades/${right.trade}`}
            columns={[
              { key: "order", title: t("order"), head: true, render: (right) => right.order_number || t("orderMissing") },
              { key: "missing", title: t("missing"), wrap: true, render: (right) => code("missing", right.missing[0] ?? "") },
              { key: "supported", title: t("supported"), align: "right", render: (right) => <Money value={right.supported} currency={right.currency} /> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Expected() {
  const t = useText(messages);
  const dues = useList("/api/v1/financing/dues", { side: "receivable" }, { pageSize: SHOWN });
  return (
    <Section title={t("expectedTitle")} action={<Link to="/expected">{t("calendar")}</Link>} testId="money-expected">
      <Loaded query={dues} hasData={dues.data !== undefined} rows={3}>
        {dues.rows.length === 0 ? (
          <p className="muted">{t("nothingExpected")}</p>
        ) : (
          <DataTable
            caption={t("expectedTitle")}
            rows={dues.rows.slice(0, SHOWN)}
            rowKey={(due) => due.right}
            href={(due) => `/trades/${due.trade}`}
            columns={[
              { key: "due", title: t("due"), render: (due) => <Day value={due.due_date} /> },
              { key: "order", title: t("order"), head: true, render: (due) => due.order_number || t("orderMissing") },
              { key: "debtor", title: t("debtor"), wrap: true, wide: true, render: (due) => due.debtor },
              { key: "amount", title: t("amount"), align: "right", render: (due) => <Money value={due.amount} currency={due.currency} /> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
