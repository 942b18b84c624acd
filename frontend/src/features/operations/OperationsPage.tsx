import { Link } from "react-router";

import { useResource } from "../../api/queries";
import type { Operations } from "../../api/types";
import { formatDuration } from "../../shared/format/time";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { FailedJobs } from "./FailedJobs";
import { messages } from "./messages";
import { usePolling } from "../../shared/hooks/usePolling";

type Service = Operations["services"][number];
type Chain = Operations["chains"][number];

const TONE: Record<Service["state"] | Chain["state"], Tone> = { ok: "done", behind: "attention", not_set_up: "attention", degraded: "refused", down: "refused" };

export default function OperationsPage() {
  const t = useText(messages);
  const query = useResource("/api/v1/operations");
  usePolling(["operations", "jobs"]);
  const data = query.data;
  const bad = data ? [...data.services, ...data.chains].filter((row) => row.state !== "ok").length + (data.jobs.failed > 0 ? 1 : 0) : 0;
  return (
    <Page
      title={t("title")}
      lead={data && (bad ? t("notWell", { count: bad }) : t("allWell"))}
      action={
        <Link className="primary-link" to="/operations/ledger" data-testid="ledger-operations">
          {t("ledgerOperations")}
        </Link>
      }
    >
      <Loaded query={query} hasData={data !== undefined}>
        {data && (
          <>
            <Services services={data.services} />
            <Section title={t("chainsTitle")}>{data.chains.length ? <Chains chains={data.chains} /> : <p className="muted">{t("noChains")}</p>}</Section>
            <Section title={t("jobsTitle")}>
              <Facts
                facts={[
                  [t("queued"), data.jobs.queued],
                  [t("running"), data.jobs.running],
                  [t("failed"), data.jobs.failed],
                  [t("oldest"), formatDuration(data.jobs.oldest_age_seconds)],
                ]}
              />
            </Section>
          </>
        )}
      </Loaded>
      <FailedJobs />
    </Page>
  );
}

function Services({ services }: { services: readonly Service[] }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<Service>[] = [
    { key: "name", title: t("service"), head: true, render: (row) => code("service", row.name) },
    { key: "state", title: t("state"), render: (row) => <StatusTag tone={TONE[row.state]}>{code("serviceState", row.state)}</StatusTag> },
    { key: "detail", title: t("detail"), wrap: true, render: (row) => row.detail },
    { key: "fix", title: t("fix"), wrap: true, render: (row) => (row.fix ? <code>{row.fix}</code> : null) },
  ];
  return (
    <Section title={t("servicesTitle")}>
      <DataTable caption={t("servicesTitle")} columns={columns} rows={services} rowKey={(row) => row.name} testId="service-row" />
    </Section>
  );
}

function Chains({ chains }: { chains: readonly Chain[] }) {
  const t = useText(messages);
  const code = useCodes();
  const columns: Column<Chain>[] = [
    { key: "name", title: t("chain"), head: true, render: (row) => code("chainName", row.name, {}, row.name) },
    { key: "id", title: t("chainId"), align: "right", render: (row) => row.chain_id ?? "—" },
    { key: "state", title: t("state"), render: (row) => <StatusTag tone={TONE[row.state]}>{code("serviceState", row.state)}</StatusTag> },
    { key: "head", title: t("head"), align: "right", render: (row) => row.head ?? "—" },
    { key: "lag", title: t("lag"), align: "right", render: (row) => row.lag },
    { key: "pending", title: t("pending"), align: "right", render: (row) => row.pending },
    { key: "detail", title: t("detail"), wrap: true, render: (row) => <ChainDetail chain={row} /> },
  ];
  return <DataTable caption={t("chainsTitle")} columns={columns} rows={chains} rowKey={(row) => row.name} testId="chain-row" />;
}

/** What is wrong and, while records wait, since when. */
function ChainDetail({ chain }: { chain: Chain }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <span className="two-lines">
      {chain.reason && <span>{code("chainReason", chain.reason)}</span>}
      {chain.detail && <span className="meta">{chain.detail}</span>}
      {chain.waiting_since && (
        <span className="meta">
          {t("waitingSince")} <Time value={chain.waiting_since} seconds />
        </span>
      )}
    </span>
  );
}
