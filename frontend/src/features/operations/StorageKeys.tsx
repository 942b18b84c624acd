import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { DataKey } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { StorageKeyDialog, type KeyStep } from "./StorageKeyDialog";
import { storageMessages } from "./storageMessages";

/** The keys that keep each organisation's files closed: versions, changes, destruction. */
export function StorageKeys() {
  const t = useText(storageMessages);
  const id = useId();
  const [search, setSearch] = useState("");
  const [step, setStep] = useState<KeyStep | null>(null);
  const query = useList("/api/v1/storage/keys", { search }, { pageSize: 20 });
  const withdraw = useWithdraw();
  const columns = useColumns((row, action) => {
    if (action === "withdraw_destruction") withdraw.mutate(row);
    else setStep({ action, row });
  });
  return (
    <Section title={t("keysTitle")} note={t("keysNote")}>
      <div className="field">
        <label htmlFor={id}>{t("search")}</label>
        <input id={id} className="input" type="search" value={search} maxLength={100} onChange={(event) => setSearch(event.target.value)} />
      </div>
      <InlineFailure error={withdraw.error} />
      <Loaded query={query} hasData={query.data !== undefined} rows={4}>
        {query.rows.length === 0 ? (
          <Empty title={t("noKeys")}>{t("noKeysText")}</Empty>
        ) : (
          <DataTable caption={t("keysTitle")} columns={columns} rows={query.rows} rowKey={(row) => row.organisation.id} testId="storage-key-row" />
        )}
        <ListFooter list={query} count={query.rows.length} />
      </Loaded>
      {step && <StorageKeyDialog step={step} onClose={() => setStep(null)} />}
    </Section>
  );
}

function useWithdraw() {
  const t = useText(storageMessages);
  const client = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: (row: DataKey) => data(api.POST("/api/v1/storage/keys/{id}/destruction/withdraw", { params: { path: { id: row.organisation.id } } })),
    onSuccess: async () => {
      void message.success(t("withdrawn"));
      await client.invalidateQueries({ predicate: (each) => each.queryKey[0] === "storage" });
    },
  });
}

function useColumns(act: (row: DataKey, action: DataKey["allowed_actions"][number]) => void): Column<DataKey>[] {
  const t = useText(storageMessages);
  return [
    { key: "organisation", title: t("organisation"), head: true, wrap: true, render: (row) => row.organisation.name },
    { key: "version", title: t("version"), render: (row) => t("versionNumber", { version: row.version }) },
    { key: "state", title: t("state"), wrap: true, render: (row) => <State row={row} /> },
    { key: "since", title: t("since"), render: (row) => <Time value={row.destroyed_at ?? row.created_at ?? ""} /> },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) => (
        <span className="actions">
          {row.allowed_actions.map((action) => (
            <Button key={action} size="small" danger={action === "destroy"} onClick={() => act(row, action)} data-testid={`key-${action}`}>
              {t(action)}
            </Button>
          ))}
        </span>
      ),
    },
  ];
}

function State({ row }: { row: DataKey }) {
  const t = useText(storageMessages);
  const destroyed = row.destroyed_at !== null;
  const changing = row.live_versions.length > 1;
  return (
    <span className="two-lines">
      <StatusTag tone={destroyed ? "refused" : changing ? "running" : "done"}>{t(destroyed ? "destroyed" : changing ? "changing" : "active")}</StatusTag>
      {row.progress && <span className="meta">{t(destroyed ? "erasing" : "rewrapping", row.progress)}</span>}
      {row.destruction && <span className="meta">{t("asked", { name: row.destruction.requested_by, reason: row.destruction.reason })}</span>}
    </span>
  );
}
