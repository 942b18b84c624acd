import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { Link } from "react-router";

import { api, data } from "../../api/client";
import { useList, useSession } from "../../api/queries";
import type { AccessRequest, Grant } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const REQUEST_TONE: Record<AccessRequest["state"], Tone> = { requested: "running", granted: "done", declined: "refused", withdrawn: "idle" };
const GRANT_TONE: Record<Grant["state"], Tone> = { active: "done", revoked: "refused", expired: "idle" };

export default function AccessPage() {
  const t = useText(messages);
  return (
    <Page
      title={t("accessTitle")}
      lead={t("accessLead")}
      action={
        <Link to="/suppliers" className="primary-link">
          {t("ask")}
        </Link>
      }
    >
      <Grants />
      <Requests />
    </Page>
  );
}

function Requests() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const client = useQueryClient();
  const { message } = App.useApp();
  const list = useList("/api/v1/access-requests");
  const own = list.rows.filter((row) => row.requester.id === session.data?.organisation?.id);
  const withdraw = useMutation({
    mutationFn: (id: string) => data(api.POST("/api/v1/access-requests/{id}/withdraw", { params: { path: { id } } })),
    onSuccess: async () => {
      void message.success(t("withdrawn"));
      await client.invalidateQueries();
    },
  });

  const columns: Column<AccessRequest>[] = [
    { key: "supplier", title: t("supplier"), head: true, render: (row) => row.owner.name },
    { key: "purpose", title: t("purpose"), render: (row) => code("purpose", row.purpose) },
    { key: "days", title: t("period"), align: "right", render: (row) => t("days", { days: row.days }) },
    { key: "order", title: t("order"), render: (row) => row.order_number || <span className="muted">—</span> },
    { key: "asked", title: t("askedAt"), render: (row) => <Time value={row.created_at} /> },
    { key: "decided", title: t("decidedAt"), wide: true, render: (row) => <Time value={row.decided_at} /> },
    { key: "state", title: t("state"), render: (row) => <StatusTag tone={REQUEST_TONE[row.state]}>{code("accessRequestState", row.state)}</StatusTag> },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) =>
        row.allowed_actions.includes("withdraw") ? (
          <Button size="small" onClick={() => withdraw.mutate(row.id)} loading={withdraw.isPending && withdraw.variables === row.id}>
            {t("withdraw")}
          </Button>
        ) : null,
    },
  ];
  return (
    <Section title={t("requestsTitle")}>
      <InlineFailure error={withdraw.error} />
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {own.length === 0 ? (
          <Empty title={t("noRequests")} action={<Link to="/suppliers">{t("toSuppliers")}</Link>}>
            {t("noRequestsText")}
          </Empty>
        ) : (
          <>
            <DataTable caption={t("requestsTitle")} columns={columns} rows={own} rowKey={(row) => row.id} testId="own-request-row" />
            <ListFooter list={list} count={own.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Grants() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const list = useList("/api/v1/grants");
  const held = list.rows.filter((row) => row.grantee.id === session.data?.organisation?.id);

  const columns: Column<Grant>[] = [
    { key: "supplier", title: t("supplier"), head: true, render: (row) => row.owner.name },
    { key: "purpose", title: t("purpose"), render: (row) => code("purpose", row.purpose) },
    { key: "opened", title: t("opened"), wrap: true, render: (row) => <Opened grant={row} /> },
    { key: "until", title: t("until"), render: (row) => <Time value={row.revoked_at ?? row.valid_until} /> },
    { key: "looks", title: t("myLooks"), align: "right", render: (row) => t("looks", { count: row.access_count }) },
    { key: "state", title: t("state"), render: (row) => <StatusTag tone={GRANT_TONE[row.state]}>{code("grantState", row.state)}</StatusTag> },
  ];
  return (
    <Section title={t("grantsTitle")}>
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {held.length === 0 ? (
          <Empty title={t("noGrants")}>{t("noGrantsText")}</Empty>
        ) : (
          <>
            <DataTable caption={t("grantsTitle")} columns={columns} rows={held} rowKey={(row) => row.id} testId="held-grant-row" />
            <ListFooter list={list} count={held.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** What a grant opens; links only while it stands. */
function Opened({ grant }: { grant: Grant }) {
  const t = useText(messages);
  const active = grant.state === "active";
  if (grant.whole) return active ? <Link to="/trades">{t("everything")}</Link> : <span>{t("everything")}</span>;
  return (
    <span className="tags">
      {grant.trades.map((trade) => {
        const name = trade.order_number || t("provisional");
        return active ? (
          <Link key={trade.id} to={`/trades/${trade.id}`} data-testid="granted-trade">
            {name}
          </Link>
        ) : (
          <span key={trade.id}>{name}</span>
        );
      })}
      {grant.documents.map((document) =>
        active ? (
          <Link key={document.id} to={`/documents/${document.id}`}>
            {document.filename}
          </Link>
        ) : (
          <span key={document.id}>{document.filename}</span>
        ),
      )}
    </span>
  );
}
