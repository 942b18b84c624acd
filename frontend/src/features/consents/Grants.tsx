import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList, useSession } from "../../api/queries";
import type { Grant } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

/** Grants given, the standing ones with a way to end them. */
export function Grants() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const list = useList("/api/v1/grants");
  const [revoking, setRevoking] = useState<Grant | null>(null);
  const given = list.rows.filter((row) => row.owner.id === session.data?.organisation?.id);

  const columns: Column<Grant>[] = [
    { key: "grantee", title: t("grantee"), head: true, render: (row) => row.grantee.name },
    { key: "purpose", title: t("purpose"), render: (row) => code("purpose", row.purpose) },
    {
      key: "opened",
      title: t("opened"),
      wrap: true,
      render: (row) =>
        row.whole
          ? t("everything")
          : [...row.trades.map((trade) => trade.order_number || t("provisional")), ...row.documents.map((document) => document.filename)].join(", "),
    },
    { key: "until", title: t("until"), render: (row) => <Time value={row.revoked_at ?? row.valid_until} /> },
    {
      key: "last",
      title: t("lastLook"),
      render: (row) =>
        row.last_access_at ? (
          <span>
            <Time value={row.last_access_at} /> <span className="meta">{t("looks", { count: row.access_count })}</span>
          </span>
        ) : (
          <span className="muted">{t("neverLooked")}</span>
        ),
    },
    {
      key: "state",
      title: t("state"),
      render: (row) => <StatusTag tone={row.state === "active" ? "done" : row.state === "revoked" ? "refused" : "idle"}>{code("grantState", row.state)}</StatusTag>,
    },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) =>
        row.allowed_actions.includes("revoke") ? (
          <Button size="small" danger onClick={() => setRevoking(row)} data-testid="revoke-button">
            {t("revoke")}
          </Button>
        ) : null,
    },
  ];

  return (
    <Section title={t("grantsTitle")} note={t("grantsNote")}>
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {given.length === 0 ? (
          <Empty title={t("noGrants")}>{t("noGrantsText")}</Empty>
        ) : (
          <>
            <DataTable caption={t("grantsTitle")} columns={columns} rows={given} rowKey={(row) => row.id} testId="grant-row" />
            <ListFooter list={list} count={given.length} />
          </>
        )}
      </Loaded>
      {revoking && <RevokeDialog grant={revoking} onClose={() => setRevoking(null)} />}
    </Section>
  );
}

function RevokeDialog({ grant, onClose }: { grant: Grant; onClose: () => void }) {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const revoke = useMutation({
    mutationFn: () => data(api.POST("/api/v1/grants/{id}/revoke", { params: { path: { id: grant.id } } })),
    onSuccess: async () => {
      void message.success(t("revoked"));
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Modal
      open
      title={t("revokeTitle", { name: grant.grantee.name })}
      okText={t("revokeSubmit")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, loading: revoke.isPending, "data-testid": "revoke-confirm" }}
      onOk={() => revoke.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{t("revokeText")}</p>
        <InlineFailure error={revoke.error} />
      </div>
    </Modal>
  );
}
