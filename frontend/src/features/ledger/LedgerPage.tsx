import { Link } from "react-router";

import { useList, useResource } from "../../api/queries";
import type { LedgerChain, LedgerChannel } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { usePolling } from "../../shared/hooks/usePolling";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { useChainName } from "./AnchorTag";
import { ChainCards } from "./ChainCards";
import { Channels } from "./Channels";
import { CheckpointTable } from "./CheckpointTable";
import "./ledger.css";
import { messages } from "./messages";
import { SearchBox } from "./SearchBox";
import { SearchResults } from "./SearchResults";

const NEWEST = 6;

export default function LedgerPage() {
  const t = useText(messages);
  const { filters, set } = useFilters(["q"]);
  const channels = useResource("/api/v1/ledger/channels");
  const chains = useResource("/api/v1/ledger/chains");
  usePolling(["ledger"]);
  useListKeys();
  return (
    <Page
      title={t("title")}
      lead={channels.data && chains.data && <Lead channels={channels.data.channels} chains={chains.data.chains} />}
      action={
        <Link className="primary-link" to="/ledger/records" data-testid="my-records">
          {t("myRecords")}
        </Link>
      }
    >
      <SearchBox value={filters.q} onSearch={(text) => set("q", text)} />
      {filters.q && <SearchResults text={filters.q} onClose={() => set("q", "")} />}
      <Loaded query={chains} hasData={chains.data !== undefined} rows={4}>
        {chains.data && <ChainCards chains={chains.data.chains} />}
      </Loaded>
      <Loaded query={channels} hasData={channels.data !== undefined} rows={4}>
        {channels.data && (
          <>
            <Channels channels={channels.data.channels} />
            {channels.data.channels.map((channel) => (
              <Newest key={channel.name} channel={channel} several={(channels.data?.channels.length ?? 0) > 1} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** How the ledger does, in one sentence: the chain that is furthest behind comes first. */
function Lead({ channels, chains }: { channels: readonly LedgerChannel[]; chains: readonly LedgerChain[] }) {
  const t = useText(messages);
  const code = useCodes();
  const chainName = useChainName();
  const size = channels.reduce((sum, channel) => sum + channel.size, 0);
  if (chains.length === 0) return t("leadNoChain", { size });
  const behind = chains.filter((chain) => chain.state !== "not_set_up" && chain.state !== "ok").sort((a, b) => b.lag - a.lag)[0];
  if (behind && behind.lag === 0) return t("leadDegraded", { chain: chainName(behind.name), reason: code("chainReason", behind.reason) });
  if (behind) return t("leadBehind", { chain: chainName(behind.name), lag: behind.lag });
  const missing = chains.find((chain) => chain.state === "not_set_up");
  if (missing) return t("leadNotSetUp", { chain: chainName(missing.name) });
  return t("leadWell", { size, chains: chains.length });
}

function Newest({ channel, several }: { channel: LedgerChannel; several: boolean }) {
  const t = useText(messages);
  const list = useList("/api/v1/ledger/channels/{name}/checkpoints", {}, { pageSize: NEWEST, path: { name: channel.name } });
  const title = several ? `${t("newestTitle")} · ${channel.name}` : t("newestTitle");
  return (
    <Section title={title} action={<Link to={`/ledger/channels/${channel.name}`}>{t("openChannel")}</Link>}>
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length === 0 ? (
          <Empty title={t("noCheckpoints")}>{t("noCheckpointsText")}</Empty>
        ) : (
          <CheckpointTable caption={title} rows={list.rows.slice(0, NEWEST)} chains={channel.chains.map((each) => each.chain)} />
        )}
      </Loaded>
    </Section>
  );
}
