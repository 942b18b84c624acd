import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";

import { useList } from "../../api/queries";
import type { Right } from "../../api/types";
import { addDecimals, isZero } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { toggled, type Draft } from "./draft";
import { messages } from "./messages";

/** Step 1: the supplier's free rights that support something; the greatest first, so that none is behind those that do not. */
export function ChooseRights({ draft, onNext }: { draft: Draft; onNext: (rights: readonly Right[]) => void }) {
  const t = useText(messages);
  const list = useList("/api/v1/rights", { state: "free", sort: "amount" }, { pageSize: 100 });
  const [chosen, choose] = useState(draft.rights);
  const supporting = list.rows.filter((right) => !isZero(right.supported));
  const picked = supporting.filter((right) => chosen.includes(right.id));
  const columns = useColumns(chosen, (id) => choose(toggled(chosen, id)), picked[0]?.currency ?? "");

  return (
    <Section title={t("rightsTitle")} note={t("rightsNote")}>
      <Loaded query={list} hasData={list.data !== undefined} rows={6}>
        {supporting.length === 0 ? (
          <Empty title={t("noRightsTitle")} action={<Link to="/trades">{t("toTrades")}</Link>}>
            {t("noRightsText")}
          </Empty>
        ) : (
          <>
            <DataTable caption={t("rightsTitle")} columns={columns} rows={supporting} rowKey={(right) => right.id} testId="choosable-right" />
            <ListFooter list={list} count={supporting.length} />
            <div className="actions end request-foot">
              {picked.length > 0 && (
                <span>
                  {t("chosen", { count: picked.length })} <Money value={addDecimals(picked.map((right) => right.supported))} currency={picked[0]?.currency} />
                </span>
              )}
              <Button type="primary" disabled={picked.length === 0} onClick={() => onNext(picked)} data-testid="next-step-button">
                {t("next")}
              </Button>
            </div>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function useColumns(chosen: readonly string[], onToggle: (id: string) => void, currency: string): Column<Right>[] {
  const t = useText(messages);
  const code = useCodes();
  return [
    {
      key: "choose",
      title: t("choose"),
      action: true,
      render: (right) => (
        <label className="check">
          <input
            type="checkbox"
            checked={chosen.includes(right.id)}
            disabled={currency !== "" && right.currency !== currency}
            onChange={() => onToggle(right.id)}
            aria-label={`${t("choose")} ${right.order_number || t("orderMissing")}`}
          />
        </label>
      ),
    },
    { key: "order", title: t("order"), head: true, render: (right) => right.order_number || t("orderMissing") },
    { key: "rung", title: t("rung"), render: (right) => code("rung", String(right.rung)) },
    { key: "base", title: t("base"), align: "right", wide: true, render: (right) => <Money value={right.base} currency={right.currency} /> },
    { key: "supported", title: t("supportedNow"), align: "right", render: (right) => <Money value={right.supported} currency={right.currency} /> },
    { key: "due", title: t("due"), render: (right) => <Day value={right.due_date} /> },
    { key: "missing", title: t("missing"), wrap: true, wide: true, render: (right) => <span className="muted">{right.missing[0] ? code("missing", right.missing[0]) : ""}</span> },
  ];
}
