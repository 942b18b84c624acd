import { useState } from "react";

import { useList, useResource } from "../../../api/queries";
import type { Priority, RightDetail } from "../../../api/types";
import { useLanguage, useText } from "../../../shared/i18n/LanguageProvider";
import { DataTable } from "../../../shared/ui/DataTable";
import { Time } from "../../../shared/ui/figures";
import { Section } from "../../../shared/ui/Page";
import { Loaded } from "../../../shared/ui/states";
import { ToneIcon, type Tone } from "../../../shared/ui/StatusTag";
import { messages } from "./messages";
import { RecordDialog, type Recording } from "./RecordDialog";
import { ChainStep, NoticeStep, PledgeStep, ZhongdengStep } from "./steps";

/** Who would win if the claim were financed twice, and the way from the pledge to its effect on others. */
export function OrderOfEffect({ right }: { right: RightDetail }) {
  const t = useText(messages);
  const query = useResource("/api/v1/rights/{id}/priority", { id: right.id });
  return (
    <Section title={t("title")} note={t("note")} testId="order-of-effect">
      <Loaded query={query} hasData={query.data !== undefined} rows={4}>
        {query.data && <Order right={right} priority={query.data} />}
      </Loaded>
    </Section>
  );
}

function Order({ right, priority }: { right: RightDetail; priority: Priority }) {
  const { language } = useLanguage();
  const [recording, record] = useState<Recording | null>(null);
  const registry = useResource("/api/v1/rights/{id}/registry", { id: right.id });
  const pledges = useList("/api/v1/financing/pledges", { right: right.id }, { pageSize: 20 });
  const standing = pledges.rows.find((row) => row.id === priority.pledged?.pledge);
  const notices = useList("/api/v1/financing/notices", { loan: standing?.loan ?? "" }, { pageSize: 1, enabled: standing !== undefined });
  const step = registry.data?.steps.find((row) => row.kind === "pledge" && row.pledge === priority.pledged?.pledge);
  const asks = priority.may_record ? record : undefined;
  return (
    <div className="stack">
      <p className="right-headline" data-testid="who-wins" data-ground={priority.ground}>
        <ToneIcon tone={toneOf(priority)} />{" "}
        {priority.sentence[language]}
      </p>
      {priority.claimants.length > 1 && <Claimants priority={priority} />}
      <ol className="effect-steps">
        <PledgeStep priority={priority} pledge={standing} />
        <ChainStep registry={registry.data} step={step} />
        <ZhongdengStep priority={priority} onRecord={asks} />
        <NoticeStep priority={priority} notice={notices.rows[0]} onRecord={asks} />
      </ol>
      {recording && <RecordDialog right={right.id} recording={recording} priority={priority} holder={standing?.holder.name ?? ""} onClose={() => record(null)} />}
    </div>
  );
}

/** Safe is only whoever registered first, and holds it here. */
function toneOf({ ground, claimants: [first] }: Priority): Tone {
  if (ground === "none") return "idle";
  return ground !== "pro_rata" && first?.ours && first.registered_at !== null ? "done" : "attention";
}

function Claimants({ priority }: { priority: Priority }) {
  const t = useText(messages);
  const moment = (value: string | null) => (value ? <Time value={value} /> : t("not"));
  return (
    <DataTable
      caption={t("claimants")}
      rows={priority.claimants}
      rowKey={(row) => row.name}
      testId="claimant"
      columns={[
        { key: "place", title: t("place"), render: (row) => <span className="num">{row.place}</span> },
        { key: "who", title: t("who"), head: true, wrap: true, render: (row) => (row.ours ? `${row.name} · ${t("ours")}` : row.name) },
        { key: "registered", title: t("registered"), render: (row) => moment(row.registered_at) },
        { key: "notified", title: t("notified"), render: (row) => moment(row.notified_at) },
      ]}
    />
  );
}
