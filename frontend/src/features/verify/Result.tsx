import type { ReactNode } from "react";

import { formatLong } from "../../shared/format/time";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { pathInWords } from "../../shared/trade/pathWords";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Section } from "../../shared/ui/Page";
import { StatusTag, ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import type { ChainState } from "./chain";
import type { DroppedBundle, Unreadable } from "./dropped";
import { messages } from "./messages";
import { clean, detailOf, labelOf, sentenceOf } from "./sentence";
import type { TrustState } from "./useCheck";
import { verdictWords } from "./verdictWords";
import type { Verdict, VerdictKind } from "./verify";

const TONE: Record<VerdictKind, Tone> = { valid: "done", pending: "running", unreachable: "attention", invalid: "refused" };
const ADVICE = { valid: "adviceValid", pending: "advicePending", unreachable: "adviceUnreachable", invalid: "adviceInvalid" } as const;

const CHAIN_TONE: Record<ChainState, Tone> = {
  verified: "done",
  contradicted: "refused",
  unreachable: "attention",
  not_asked: "idle",
  no_anchor: "idle",
  not_trusted: "attention",
};

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** The verdict sentence first, then what to make of it, then each link with its result. */
export function Result({ verdict, trust }: { verdict: Verdict; trust: Extract<TrustState, { state: "ready" }> }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { digest } = verdict.facts;
  return (
    <>
      <section className={`card verdict verdict-${verdict.verdict}`} data-testid="verdict-kind" data-verdict={verdict.verdict}>
        <h2>
          <StatusTag tone={TONE[verdict.verdict]}>{t(verdict.verdict)}</StatusTag>
        </h2>
        <p className="verdict-sentence" data-testid="verdict">
          {sentenceOf(verdict, language, (seconds) => formatLong(iso(seconds), language))}
        </p>
        <p className="muted">{t(verdict.verdict === "valid" && verdict.disclosed.length > 0 ? "adviceFields" : ADVICE[verdict.verdict])}</p>
        <Facts
          facts={[
            verdict.since !== null && [
              t("since"),
              <time key="since" dateTime={iso(verdict.since)} data-testid="verdict-since">
                {formatLong(iso(verdict.since), language)} <span className="meta">({iso(verdict.since)})</span>
              </time>,
            ],
            verdict.chains.length > 0 && [
              t("chains"),
              <ul key="chains" className="verdict-chains">
                {verdict.chains.map((chain) => (
                  <li key={chain.name} data-testid="verdict-chain" data-state={chain.state}>
                    <StatusTag tone={CHAIN_TONE[chain.state]}>{t(`chain_${chain.state}`)}</StatusTag>{" "}
                    {chain.block === null ? clean(chain.name) : t("chainBlock", { name: clean(chain.name), id: chain.chainId ?? "—", block: chain.block })}
                  </li>
                ))}
                {trust.trust.required > 1 && <li className="meta">{t("chainsRequired", { required: trust.trust.required })}</li>}
              </ul>,
            ],
            [
              t("trustBy"),
              <span key="trust" data-testid="verdict-trust">
                {trust.own === null ? t("trustPlatform", { origin: trust.trust.origin }) : t("trustOwn", { filename: trust.own, origin: trust.trust.origin })}
              </span>,
            ],
            verdict.claims?.filename != null && [
              t("claimedName"),
              <Unproven key="name">
                <span className="break">{clean(verdict.claims.filename)}</span>
              </Unproven>,
            ],
            ...(verdict.claims?.transactions ?? []).map(
              ({ chain, tx }) =>
                [
                  t("claimedTx", { chain: clean(chain) }),
                  <Unproven key={chain}>
                    <CopyText value={tx} head={18} label={t("claimedTx", { chain: clean(chain) })} />
                  </Unproven>,
                ] as const,
            ),
          ]}
        />
        {digest !== undefined && (
          <p className="meta">
            {t("digest")} <CopyText value={String(digest)} label={t("digest")} />
          </p>
        )}
      </section>
      {verdict.disclosed.length > 0 && <Disclosed verdict={verdict} />}
      <Section title={t("linksTitle")}>
        <ul className="findings">
          {verdict.links.map((link, position) => (
            <li key={position} data-testid="verify-link" data-link={link.name} data-ok={String(link.ok)}>
              <ToneIcon tone={link.ok === null ? "idle" : link.ok ? "done" : "refused"} />
              <div>
                <strong className="link-label">{labelOf(link, language)}</strong> <span className="meta">{link.ok === null ? t("unchecked") : link.ok ? t("ok") : t("failed")}</span>
                <div className="muted break">{detailOf(link, language)}</div>
              </div>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

/** The fields that the record covers; what was not disclosed stays unknown. */
function Disclosed({ verdict }: { verdict: Verdict }) {
  const t = useText(messages);
  const { language } = useLanguage();
  return (
    <Section title={t("disclosedTitle", { shown: verdict.facts.shown ?? "", count: verdict.facts.count ?? "" })}>
      <p className="muted">{t("disclosedText")}</p>
      <Facts
        wide
        facts={verdict.disclosed.map(
          ({ path, value }) =>
            [
              <span key="path" title={clean(path, 400)}>
                {clean(pathInWords(path, language), 400)}
              </span>,
              <span key="value" className="break" data-testid="disclosed-field" data-path={path}>
                {value === "" ? t("disclosedEmpty") : clean(value, 4000)}
              </span>,
            ] as const,
        )}
      />
    </Section>
  );
}

/** What the bundle says beside the proof: nothing that was recorded covers it. */
function Unproven({ children }: { children: ReactNode }) {
  const t = useText(messages);
  return (
    <span className="tags" data-testid="not-proven">
      {children} <StatusTag tone="idle">{t("notProven")}</StatusTag>
    </span>
  );
}

/** No verdict: the bundle cannot be read at all (the outside verifier's exit code 2). */
export function UnreadableBundle({ bundle, why }: { bundle: DroppedBundle; why: Unreadable }) {
  const t = useText(messages);
  const say = useText(verdictWords);
  return (
    <section className="card verdict verdict-invalid" data-testid="verdict-kind" data-verdict="unreadable">
      <h2>
        <StatusTag tone="refused">{t("unreadable")}</StatusTag>
      </h2>
      <p className="verdict-sentence" data-testid="verdict">
        {t("unreadableText", { filename: bundle.name, reason: say(why.text, why.values) })}
      </p>
      <p className="muted">{t("adviceUnreadable")}</p>
    </section>
  );
}
