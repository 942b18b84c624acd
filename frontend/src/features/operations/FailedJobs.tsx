import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { Job } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

export function FailedJobs() {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const list = useList("/api/v1/jobs", { state: "failed" });
  const retry = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await data(api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } } }));
    },
    onSuccess: () => void message.success(t("retried")),
    onSettled: () => client.invalidateQueries({ predicate: (query) => ["jobs", "operations", "home"].includes(String(query.queryKey[0])) }),
  });

  const columns: Column<Job>[] = [
    { key: "kind", title: t("kind"), head: true, render: (row) => <code>{row.kind}</code> },
    { key: "attempts", title: t("attempts"), align: "right", render: (row) => row.attempts },
    { key: "error", title: t("error"), wrap: true, render: (row) => <span className="mono">{row.last_error}</span> },
    { key: "created", title: t("created"), render: (row) => <Time value={row.created_at} /> },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) => (
        <Button size="small" onClick={() => retry.mutate([row.id])} disabled={retry.isPending} data-testid="retry-job">
          {t("retry")}
        </Button>
      ),
    },
  ];
  return (
    <Section
      title={t("failedTitle")}
      action={
        list.rows.length > 1 && (
          <Button onClick={() => retry.mutate(list.rows.map((row) => row.id))} loading={retry.isPending}>
            {t("retryAll")}
          </Button>
        )
      }
    >
      <InlineFailure error={retry.error} />
      <Loaded query={list} hasData={list.data !== undefined} rows={3}>
        {list.rows.length === 0 ? (
          <Empty title={t("noFailed")}>{t("noFailedText")}</Empty>
        ) : (
          <>
            <DataTable caption={t("failedTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} testId="job-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}
