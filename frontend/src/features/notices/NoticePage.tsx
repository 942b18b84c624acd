import { useMutation } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { api, data } from "../../api/client";
import { fetchFile, save } from "../../api/download";
import { useResource } from "../../api/queries";
import type { NoticeDetail } from "../../api/types";
import { isKeyProblem, useOwnSigning } from "../../shared/crypto/useOwnKey";
import { inCapitals } from "../../shared/format/capital";
import { useAct } from "../../shared/hooks/useAct";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money, Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { NoticeTag } from "./NoticesPage";

/** One notice: what it says, on paper, who signed it, and the debtor's answer. */
export default function NoticePage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const notice = useResource("/api/v1/financing/notices/{id}", { id });
  const row = notice.data;
  return (
    <Page title={row ? t(`kind_${row.method}`) : t("title")} lead={row?.supplier.name} back={<Link to="/notices">← {t("back")}</Link>} action={row && <Paper row={row} />}>
      <Loaded query={notice} hasData={row !== undefined} rows={8}>
        {row && (
          <div className="stack">
            <Content row={row} />
            <Section title={t("rights")}>
              <DataTable
                caption={t("rights")}
                rows={row.rights}
                rowKey={(right) => `${right.order_number} ${right.amount}`}
                columns={[
                  { key: "order", title: t("order"), head: true, render: (right) => right.order_number || t("orderMissing") },
                  { key: "due", title: t("due"), render: (right) => <Day value={right.due_date} /> },
                  { key: "amount", title: t("amount"), align: "right", render: (right) => <Money value={right.amount} currency={right.currency} /> },
                ]}
              />
            </Section>
            <SignatureOf row={row} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Paper({ row }: { row: NoticeDetail }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const fetching = useMutation({
    mutationFn: () => fetchFile(`/api/v1/financing/notices/${row.id}/file?lang=${language}`),
    onSuccess: (file) => save(file, `${t(`kind_${row.method}`)}.pdf`),
  });
  return (
    <>
      <Button loading={fetching.isPending} onClick={() => fetching.mutate()} data-testid="notice-pdf">
        {t("pdf")}
      </Button>
      <InlineFailure error={fetching.error} />
    </>
  );
}

function Content({ row }: { row: NoticeDetail }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const [asking, ask] = useState(false);
  const signing = useOwnSigning();
  const acknowledge = useAct(
    () =>
      signing.send(
        () => data(api.POST("/api/v1/financing/notices/{id}/acknowledge/to-sign", { params: { path: { id: row.id } } })),
        (own) => data(api.POST("/api/v1/financing/notices/{id}/acknowledge", { params: { path: { id: row.id } }, body: { own } })),
      ),
    () => ask(false),
  );
  const capitals = language === "zh" ? inCapitals(row.total, row.currency) : null;
  return (
    <section className="card">
      <Facts
        facts={[
          [t("state"), <NoticeTag key="state" state={row.state} />],
          [t("supplier"), row.supplier.name],
          [t("holder"), row.holder.name],
          [t("debtor"), row.debtor.name],
          [
            t("total"),
            <span key="total">
              <Money value={row.total} currency={row.currency} wan /> {capitals && <span className="meta">{capitals}</span>}
            </span>,
          ],
          row.sent_at !== null && [t("sent"), <Time key="sent" value={row.sent_at} />],
          row.acknowledged_at !== null && [t("acknowledged"), <Time key="acknowledged" value={row.acknowledged_at} />],
          [t("acknowledgedBy"), row.acknowledged_by],
          row.lifted_at !== null && [t("lifted"), <Time key="lifted" value={row.lifted_at} />],
        ]}
      />
      {row.allowed_actions.includes("acknowledge") && (
        <div className="actions">
          <Button type="primary" onClick={() => ask(true)} data-testid="notice-acknowledge">
            {t("acknowledge")}
          </Button>
        </div>
      )}
      {asking && (
        <Modal
          open
          title={t("acknowledgeTitle")}
          okText={t("acknowledge")}
          cancelText={t("cancel")}
          okButtonProps={{ disabled: !signing.ready, loading: acknowledge.isPending, "data-testid": "acknowledge-confirm" }}
          onOk={() => acknowledge.mutate()}
          onCancel={() => ask(false)}
        >
          <div className="stack">
            <p>{t("acknowledgeWhat")}</p>
            {row.method === "assignment" && <p className="note note-attention">{t("payAssignee", { holder: row.holder.name })}</p>}
            {signing.fields}
            {!isKeyProblem(acknowledge.error) && <InlineFailure error={acknowledge.error} />}
          </div>
        </Modal>
      )}
    </section>
  );
}

function SignatureOf({ row }: { row: NoticeDetail }) {
  const t = useText(messages);
  return (
    <Section title={t("signature")}>
      <Facts
        facts={[
          [t("signedBy"), `${row.signed_by} · ${t(row.custodial ? "custodial" : "ownKey")}`],
          [t("signedAt"), <Time key="signed" value={row.signed_at} />],
          [t("digest"), <CopyText key="digest" value={row.statement_sm3} head={24} label={t("digest")} />],
          [
            t("record"),
            <Link key="record" to={`/ledger/records/${row.record}`}>
              {row.record}
            </Link>,
          ],
        ]}
      />
      <details>
        <summary className="meta">{t("exact")}</summary>
        <pre className="statement" tabIndex={0}>
          {row.statement}
        </pre>
      </details>
      {row.acknowledgement !== null && (
        <details>
          <summary className="meta">{t("acknowledgement")}</summary>
          <pre className="statement" tabIndex={0}>
            {row.acknowledgement}
          </pre>
        </details>
      )}
    </Section>
  );
}
