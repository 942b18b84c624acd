import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList, useResource } from "../../api/queries";
import type { Audit } from "../../api/types";
import { formatDuration } from "../../shared/format/time";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Choice } from "../../shared/ui/Filters";
import { Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag, ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import { ledgerMessages } from "./ledgerMessages";

const TONE: Record<Audit["state"], Tone> = { running: "running", in_order: "done", wrong: "refused", unreachable: "attention", failed: "attention" };

/** What the auditor found, newest first, and audits on demand. */
export function Audits() {
  const t = useText(ledgerMessages);
  const list = useList("/api/v1/ledger/audits", {}, { pageSize: 20 });
  const columns = useColumns();
  const wrong = newestOfEach(list.rows).filter((run) => run.state === "wrong");
  return (
    <Section title={t("auditsTitle")} note={t("auditsNote")} action={<AuditNow />}>
      {wrong.map((run) => (
        <div key={run.id} className="note note-refused" role="alert" data-testid="audit-wrong">
          <ToneIcon tone="refused" />
          <div>
            <p>
              <strong>{t("wrongTitle", { channel: run.channel })}</strong> <code>{run.row}</code>
            </p>
            <p>{run.detail}</p>
            <p>{t("wrongRemedy")}</p>
          </div>
        </div>
      ))}
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length === 0 ? (
          <Empty title={t("noAudits")}>{t("noAuditsText")}</Empty>
        ) : (
          <>
            <DataTable caption={t("auditsTitle")} columns={columns} rows={list.rows} rowKey={(run) => run.id} testId="audit-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

/**
 * The newest verdict on each channel by each mode: what a full audit found stands until a full one finds all in order. One
 * that failed or reached no chain clears nothing.
 */
function newestOfEach(runs: readonly Audit[]): Audit[] {
  const newest = new Map<string, Audit>();
  for (const run of runs) {
    const kind = `${run.channel}/${run.mode}`;
    if ((run.state === "wrong" || run.state === "in_order") && !newest.has(kind)) newest.set(kind, run);
  }
  return [...newest.values()];
}

function useColumns(): Column<Audit>[] {
  const t = useText(ledgerMessages);
  const code = useCodes();
  return [
    { key: "started", title: t("started"), head: true, render: (run) => <Time value={run.started_at} seconds /> },
    { key: "channel", title: t("channel"), render: (run) => run.channel },
    { key: "mode", title: t("mode"), render: (run) => code("auditMode", run.mode) },
    {
      key: "state",
      title: t("result"),
      render: (run) => (
        <StatusTag tone={TONE[run.state]} testId={`audit-${run.state}`}>
          {code("auditState", run.state)}
        </StatusTag>
      ),
    },
    { key: "size", title: t("size"), align: "right", render: (run) => <span className="num">{run.size}</span> },
    { key: "took", title: t("took"), align: "right", wide: true, render: (run) => <span className="num">{took(run)}</span> },
    { key: "found", title: t("found"), wrap: true, render: (run) => <Found run={run} /> },
  ];
}

function took(run: Audit): string {
  if (!run.finished_at) return "—";
  const seconds = (new Date(run.finished_at).getTime() - new Date(run.started_at).getTime()) / 1000;
  return seconds < 1 ? "< 1 s" : formatDuration(seconds);
}

function Found({ run }: { run: Audit }) {
  const t = useText(ledgerMessages);
  const code = useCodes();
  if (run.row || run.detail) {
    return (
      <span className="two-lines">
        {run.row && <code>{run.row}</code>}
        <span className="meta">{run.detail}</span>
      </span>
    );
  }
  const unreachable = Object.entries(run.unreachable);
  const counts = Object.entries(run.counts).filter(([, count]) => count > 0);
  return (
    <span className="two-lines">
      {counts.length > 0 && <span className="meta">{counts.map(([kind, count]) => `${code("auditCount", kind)} ${count}`).join(" · ")}</span>}
      {unreachable.map(([chain, why]) => (
        <span key={chain}>
          {t("notChecked", { chain: code("chainName", chain, {}, chain) })} <span className="meta">{why}</span>
        </span>
      ))}
    </span>
  );
}

function AuditNow() {
  const t = useText(ledgerMessages);
  const code = useCodes();
  const client = useQueryClient();
  const { message } = App.useApp();
  const channels = useResource("/api/v1/ledger/channels").data?.channels ?? [];
  const [chosen, choose] = useState("");
  const channel = chosen || channels[0]?.name;
  const audit = useMutation({
    mutationFn: (mode: Audit["mode"]) => data(api.POST("/api/v1/ledger/audits", { body: { channel: channel ?? "", mode } })),
    onSuccess: () => void message.success(t("auditQueued")),
    onSettled: () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "ledger" }),
  });
  return (
    <div className="actions">
      <InlineFailure error={audit.error} />
      {channels.length > 1 && <Choice label={t("channel")} value={channel ?? ""} any={null} onChange={choose} options={channels.map((each) => [each.name, each.name])} />}
      {(["incremental", "full"] as const).map((mode) => (
        <Button key={mode} type={mode === "incremental" ? "primary" : "default"} disabled={!channel || audit.isPending} onClick={() => audit.mutate(mode)} title={t(`about_${mode}`)} data-testid={`audit-now-${mode}`}>
          {t("auditNow", { mode: code("auditMode", mode) })}
        </Button>
      ))}
    </div>
  );
}
