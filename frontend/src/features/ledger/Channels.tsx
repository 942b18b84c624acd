import { Link } from "react-router";

import type { LedgerChannel } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Empty } from "../../shared/ui/states";
import { useChainName } from "./AnchorTag";
import { messages } from "./messages";

const HASH = { sm3: "SM3", sha256: "SHA-256" } as const;

export function Channels({ channels }: { channels: readonly LedgerChannel[] }) {
  const t = useText(messages);
  return (
    <Section title={t("channelsTitle")} note={t("channelsNote")}>
      {channels.length === 0 ? (
        <Empty title={t("noChannels")}>{t("noChannelsText")}</Empty>
      ) : (
        <ul className="channel-list">
          {channels.map((channel) => (
            <li key={channel.name} data-testid="channel" data-id={channel.name}>
              <ChannelSummary channel={channel} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function ChannelSummary({ channel }: { channel: LedgerChannel }) {
  const t = useText(messages);
  return (
    <>
      <div className="spread">
        <h3>
          <Link to={`/ledger/channels/${channel.name}`}>{channel.name}</Link>
        </h3>
        {channel.newest && (
          <span className="meta">
            {t("checkpointSize", { size: channel.newest.size })} · <Time value={channel.newest.time} seconds />
          </span>
        )}
      </div>
      <ChannelFacts channel={channel} />
      <Coverage channel={channel} />
    </>
  );
}

export function ChannelFacts({ channel }: { channel: LedgerChannel }) {
  const t = useText(messages);
  return (
    <Facts
      facts={[
        [t("size"), <strong key="size" className="num">{channel.size}</strong>],
        channel.pending > 0 && [t("waiting"), <span key="waiting" className="num">{channel.pending}</span>],
        [t("origin"), <code key="origin">{channel.origin}</code>],
        [t("hash"), HASH[channel.hash]],
      ]}
    />
  );
}

/** How far each chain has come, as a bar with its figures in words. */
export function Coverage({ channel }: { channel: LedgerChannel }) {
  const t = useText(messages);
  const chainName = useChainName();
  if (channel.chains.length === 0 || channel.size === 0) return null;
  return (
    <div className="coverage">
      <p className="meta">
        {t("anchoredOf", { anchored: channel.anchored, size: channel.size })} · {t("policy", { k: channel.required, n: channel.chains.length })}
      </p>
      <ul>
        {channel.chains.map((each) => (
          <li key={each.chain}>
            <progress value={each.size} max={channel.size} aria-label={chainName(each.chain)} />
            <span className="num">{t("coverage", { chain: chainName(each.chain), covered: each.size, size: channel.size })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
