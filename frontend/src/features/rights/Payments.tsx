import { Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { RightDetail, ToldPayment } from "../../api/types";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money, Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { RecordPaymentDialog } from "./RecordPaymentDialog";

/** What the debtor paid on the right, as its holder, its supplier and the debtor tell; these two record it here. */
export function Payments({ right }: { right: RightDetail }) {
  const t = useText(messages);
  const [recording, record] = useState(false);
  const list = useList("/api/v1/rights/{id}/collections", {}, { path: { id: right.id } });
  const mayRecord = right.allowed_actions.includes("record_payment");
  return (
    <Section
      title={t("paymentsTitle")}
      note={t("paymentsNote")}
      testId="right-payments"
      action={
        mayRecord && (
          <Button onClick={() => record(true)} data-testid="record-payment">
            {t("recordPayment")}
          </Button>
        )
      }
    >
      <Loaded query={list} hasData={list.data !== undefined} rows={2}>
        {list.rows.length === 0 ? (
          <p className="muted">{t("noPayments")}</p>
        ) : (
          <>
            <DataTable
              caption={t("paymentsTitle")}
              rows={list.rows}
              rowKey={(row) => row.id}
              testId="told-payment"
              columns={[
                { key: "amount", title: t("amount"), head: true, render: (row) => <Money value={row.amount} currency={row.currency} /> },
                { key: "day", title: t("paidOn"), render: (row) => <Day value={row.received_on} /> },
                { key: "reference", title: t("bankReference"), wrap: true, render: (row) => row.reference },
                { key: "by", title: t("toldBy"), wrap: true, render: (row) => <ToldBy row={row} /> },
                { key: "action", title: t("action"), action: true, render: (row) => <TakeBack right={right.id} row={row} /> },
              ]}
            />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
      {recording && <RecordPaymentDialog right={right} told={list.rows} onClose={() => record(false)} />}
    </Section>
  );
}

function ToldBy({ row }: { row: ToldPayment }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <>
      <div>{[code("toldBy", row.told_by), row.recorded_by].filter(Boolean).join(" · ")}</div>
      {row.is_another && <div className="meta">{t("anotherPayment")}</div>}
      {row.withdrawn_at && (
        <div className="meta">
          {t("takenBack")} <Time value={row.withdrawn_at} />
        </div>
      )}
    </>
  );
}

function TakeBack({ right, row }: { right: string; row: ToldPayment }) {
  const t = useText(messages);
  const act = useAct(() => data(api.POST("/api/v1/rights/{id}/collections/{collection}/withdraw", { params: { path: { id: right, collection: row.id } } })));
  if (!row.allowed_actions.includes("withdraw")) return null;
  return (
    <>
      <Button size="small" loading={act.isPending} onClick={() => act.mutate()} data-testid="take-back-payment">
        {t("takeBackPayment")}
      </Button>
      <InlineFailure error={act.error} />
    </>
  );
}
