import { useState } from "react";

import { useResource } from "../../api/queries";
import type { LoanDetail } from "../../api/types";
import { today } from "../../shared/format/time";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { ExportButton } from "../../shared/ui/ExportButton";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money } from "../../shared/ui/figures";
import { DateField } from "../../shared/ui/Filters";
import { Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

/** The loan's account between two days: opening, what moved, closing. */
export function StatementSection({ loan }: { loan: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const [since, setSince] = useState(loan.disbursed_on ?? today());
  const [until, setUntil] = useState(today());
  const statement = useResource("/api/v1/financing/loans/{id}/statement", { id: loan.id }, since !== "" && until !== "", { since, until });
  const found = statement.data;
  const money = (value: string) => <Money value={value} currency={loan.currency} />;
  return (
    <Section
      title={t("statement")}
      note={t("statementNote")}
      action={<ExportButton path={`/api/v1/financing/loans/${loan.id}/statement/export`} filters={{ since, until }} name={t("statement")} forms={["xlsx", "csv", "pdf"]} testId="export-statement" />}
      testId="statement"
    >
      <div className="stack">
        <div className="filters">
          <DateField label={t("since")} value={since} onChange={setSince} />
          <DateField label={t("until")} value={until} onChange={setUntil} />
        </div>
        <Loaded query={statement} hasData={found !== undefined} rows={4}>
          {found && (
            <div className="stack">
              {found.movements.length === 0 ? (
                <p className="muted">{t("noMovements")}</p>
              ) : (
                <DataTable
                  caption={t("statement")}
                  rows={found.movements}
                  rowKey={(row) => row.entry}
                  testId="movement"
                  columns={[
                    { key: "day", title: t("bookedOn"), head: true, render: (row) => <Day value={row.booked_on} /> },
                    { key: "kind", title: t("kind"), render: (row) => code("entryKind", row.kind) },
                    { key: "more", title: t("more"), align: "right", render: (row) => money(row.owed_more) },
                    { key: "less", title: t("less"), align: "right", render: (row) => money(row.owed_less) },
                    { key: "balance", title: t("balance"), align: "right", render: (row) => money(row.balance) },
                  ]}
                />
              )}
              <Facts
                facts={[
                  [t("opening"), money(found.opening)],
                  [t("closing"), money(found.closing)],
                  [t("unbooked"), money(found.unbooked_interest)],
                  [t("total"), money(found.total)],
                ]}
              />
            </div>
          )}
        </Loaded>
      </div>
    </Section>
  );
}
