import { Link, useParams } from "react-router";

import { ProblemError } from "../../api/problem";
import { useList, useResource } from "../../api/queries";
import type { LedgerChannel } from "../../api/types";
import { useListKeys } from "../../shared/hooks/useHotkeys";
import { usePolling } from "../../shared/hooks/usePolling";
import { useText } from "../../shared/i18n/LanguageProvider";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, Failure, Loaded } from "../../shared/ui/states";
import { ChannelFacts, Coverage } from "./Channels";
import { CheckpointTable } from "./CheckpointTable";
import "./ledger.css";
import { messages } from "./messages";
import { PublicLog } from "./PublicLog";

export default function ChannelPage() {
  const t = useText(messages);
  const { name = "" } = useParams();
  const query = useResource("/api/v1/ledger/channels");
  usePolling(["ledger"]);
  useListKeys();
  const channel = query.data?.channels.find((each) => each.name === name);
  return (
    <Page title={t("checkpointsOf", { name })} back={<Link to="/ledger">← {t("back")}</Link>}>
      <Loaded query={query} hasData={query.data !== undefined} rows={8}>
        {channel ? <Body channel={channel} /> : <Failure error={new ProblemError(404, { code: "not_found" })} />}
      </Loaded>
    </Page>
  );
}

function Body({ channel }: { channel: LedgerChannel }) {
  const t = useText(messages);
  const list = useList("/api/v1/ledger/channels/{name}/checkpoints", {}, { path: { name: channel.name } });
  return (
    <>
      <div className="halves">
        <Section title={t("rangeTitle")}>
          <ChannelFacts channel={channel} />
          <Coverage channel={channel} />
        </Section>
        <PublicLog channel={channel.name} />
      </div>
      <Section title={t("checkpointsTitle")} note={t("anchorsNote")}>
        <Loaded query={list} hasData={list.data !== undefined} rows={8}>
          {list.rows.length === 0 ? (
            <Empty title={t("noCheckpoints")}>{t("noCheckpointsText")}</Empty>
          ) : (
            <CheckpointTable caption={t("checkpointsTitle")} rows={list.rows} chains={channel.chains.map((each) => each.chain)} />
          )}
        </Loaded>
      </Section>
      <ListFooter list={list} count={list.rows.length} />
    </>
  );
}
