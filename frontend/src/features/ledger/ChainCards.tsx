import type { LedgerChain } from "../../api/types";
import { formatTime } from "../../shared/format/time";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Section } from "../../shared/ui/Page";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { useChainName } from "./AnchorTag";
import { formatCoins } from "./coins";
import { messages } from "./messages";

const TONE: Record<LedgerChain["state"], Tone> = { ok: "done", behind: "attention", degraded: "refused", not_set_up: "idle" };

/** How each chain does: what it owes and since when first, then what explains it. */
export function ChainCards({ chains }: { chains: readonly LedgerChain[] }) {
  const t = useText(messages);
  return (
    <Section title={t("chainsTitle")} note={t("chainsNote")}>
      {chains.length === 0 ? (
        <p className="muted">{t("noChains")}</p>
      ) : (
        <ul className="chain-cards">
          {chains.map((chain) => (
            <li key={chain.name} data-testid="chain-card" data-id={chain.name} data-state={chain.state}>
              <ChainCard chain={chain} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function ChainCard({ chain }: { chain: LedgerChain }) {
  const t = useText(messages);
  const code = useCodes();
  const chainName = useChainName();
  const kind = code("chainKind", chain.kind);
  return (
    <>
      <div className="spread">
        <h3>{chainName(chain.name)}</h3>
        <StatusTag tone={TONE[chain.state]} testId={`chain-${chain.state}`}>
          {code("serviceState", chain.state)}
        </StatusTag>
      </div>
      <p className="meta">{chain.chain_id === null ? kind : `${kind} · ${t("chainId", { id: chain.chain_id })}`}</p>
      <Owed chain={chain} />
      {(chain.reason || chain.detail) && (
        <p className={`note ${chain.state === "degraded" ? "note-refused" : "note-attention"}`}>
          <span className="two-lines">
            {chain.reason && <span>{code("chainReason", chain.reason)}</span>}
            {chain.detail && <span>{chain.detail}</span>}
          </span>
        </p>
      )}
      <Facts
        facts={[
          chain.head !== null && [
            t("head"),
            <span key="head" className="num">
              {chain.head}
              {chain.head_seen_at && <span className="muted"> · {t("headSeen")} {formatTime(chain.head_seen_at, true).slice(11)}</span>}
            </span>,
          ],
          chain.pending > 0 && [t("pendingAnchors"), <span key="pending" className="num">{chain.pending}</span>],
          chain.sequence !== null && [t("sequence"), <span key="sequence" className="num">{chain.sequence}</span>],
          chain.balance !== null && [t("balance"), <span key="balance" className="num" title={chain.balance}>{formatCoins(chain.balance)}</span>],
          [t("reorganisations"), chain.kind === "evm" && <span key="reorganisations" className="num">{chain.reorganisations}</span>],
          chain.contract !== "" && [t("contract"), <CopyText key="contract" value={chain.contract} head={12} label={t("contract")} />],
          chain.publisher !== "" && [t("publisher"), <CopyText key="publisher" value={chain.publisher} head={12} label={t("publisher")} />],
        ]}
      />
    </>
  );
}

function Owed({ chain }: { chain: LedgerChain }) {
  const t = useText(messages);
  if (chain.state === "not_set_up") return null;
  if (chain.lag === 0) return <p data-testid="chain-lag">{t("upToDate")}</p>;
  return (
    <p className="attention-word" data-testid="chain-lag">
      {chain.waiting_since ? t("lagSince", { lag: chain.lag, since: formatTime(chain.waiting_since, true) }) : t("lagNow", { lag: chain.lag })}
    </p>
  );
}
