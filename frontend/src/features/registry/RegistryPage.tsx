import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { Reconciliation, RegistryDifference } from "../../api/types";
import { usePolling } from "../../shared/hooks/usePolling";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag, ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const TONE: Record<Reconciliation["state"], Tone> = { running: "running", in_order: "done", differs: "refused", unreachable: "attention" };

/** How the database and the registry of rights on the chain compare: the last comparisons, and what differed. */
export default function RegistryPage() {
  const t = useText(messages);
  const list = useList("/api/v1/registry/reconciliations", {}, { pageSize: 20 });
  usePolling(["registry"]);
  const newest = list.rows.find((run) => run.state === "differs" || run.state === "in_order");
  return (
    <Page title={t("title")} lead={t("lead")} action={<CompareNow />}>
      {newest?.state === "differs" && <Differences run={newest} />}
      <Section title={t("runs")}>
        <Loaded query={list} hasData={list.data !== undefined} rows={6}>
          {list.rows.length === 0 ? <Empty title={t("none")}>{t("noneText")}</Empty> : <Runs rows={list.rows} />}
          <ListFooter list={list} count={list.rows.length} />
        </Loaded>
      </Section>
    </Page>
  );
}

function Differences({ run }: { run: Reconciliation }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<RegistryDifference>[] = [
    { key: "what", title: t("what"), head: true, render: (row) => code("registryDifference", row.kind) },
    { key: "right", title: t("right"), wrap: true, render: (row) => <code>{row.right || row.digest}</code> },
    { key: "here", title: t("here"), wrap: true, render: (row) => <code>{row.here || t("nothing")}</code> },
    { key: "there", title: t("there"), wrap: true, render: (row) => <code>{row.there || t("nothing")}</code> },
  ];
  return (
    <>
      <div className="note note-refused" role="alert" data-testid="registry-differs">
        <ToneIcon tone="refused" />
        <p>{t("differs", { count: run.differences.length })}</p>
      </div>
      <Section title={t("differences")}>
        <DataTable caption={t("differences")} columns={columns} rows={run.differences} rowKey={(row) => `${row.digest}/${row.kind}/${row.here}/${row.there}`} testId="difference-row" />
      </Section>
    </>
  );
}

function Runs({ rows }: { rows: readonly Reconciliation[] }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<Reconciliation>[] = [
    { key: "started", title: t("started"), head: true, render: (run) => <Time value={run.started_at} seconds /> },
    {
      key: "state",
      title: t("result"),
      render: (run) => (
        <StatusTag tone={TONE[run.state]} testId={`reconciliation-${run.state}`}>
          {code("reconciliationState", run.state)}
        </StatusTag>
      ),
    },
    { key: "rights", title: t("rights"), align: "right", render: (run) => <span className="num">{run.rights}</span> },
    { key: "pledges", title: t("pledges"), align: "right", render: (run) => <span className="num">{run.pledges}</span> },
    { key: "fingerprints", title: t("fingerprints"), align: "right", render: (run) => <span className="num">{run.fingerprints}</span> },
    { key: "detail", title: t("detail"), wrap: true, render: (run) => run.detail },
  ];
  return <DataTable caption={t("runs")} columns={columns} rows={rows} rowKey={(run) => run.id} testId="reconciliation-row" />;
}

function CompareNow() {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const compare = useMutation({
    mutationFn: () => data(api.POST("/api/v1/registry/reconciliations")),
    onSuccess: () => void message.success(t("queued")),
    onSettled: () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "registry" }),
  });
  return (
    <div className="actions">
      <InlineFailure error={compare.error} />
      <Button type="primary" disabled={compare.isPending} onClick={() => compare.mutate()} data-testid="compare-now">
        {t("compareNow")}
      </Button>
    </div>
  );
}
