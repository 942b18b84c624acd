import type { ReactNode } from "react";

import { joinClauses, joinNames } from "../../shared/format/join";
import { formatLong } from "../../shared/format/time";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import type { Language } from "../../shared/i18n/language";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Section } from "../../shared/ui/Page";
import { StatusTag, ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import type { ChainState } from "./chain";
import type { DroppedBundle, Unreadable } from "./dropped";
import { messages } from "./messages";
import type { TrustState } from "./useCheck";
import { verdictWords, type Link, type VerdictText } from "./verdictWords";
import type { Verdict, VerdictKind } from "./verify";

const TONE: Record<VerdictKind, Tone> = { valid: "done", pending: "running", unreachable: "attention", invalid: "refused" };
const ADVICE = { valid: "adviceValid", pending: "advicePending", unreachable: "adviceUnreachable", invalid: "adviceInvalid" } as const;

type Say = (key: VerdictText, params?: Readonly<Record<string, string | number>>) => string;

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function labelOf(link: Link, say: Say): string {
  const [kind, ...rest] = link.name.split("/");
  if (kind !== "chain") return say(`link_${kind}` as VerdictText);
  const step = rest.pop() ?? "";
  return say(`link_chain_${step}` as VerdictText, { name: rest.join("/") });
}

function sentenceOf(verdict: Verdict, say: Say, language: Language): string {
  const names = (state: ChainState) => joinNames(verdict.chains.filter((chain) => chain.state === state).map((chain) => chain.name), language);
  if (verdict.verdict === "invalid") {
    const failing = verdict.links.filter((link) => link.ok === false).map((link) => say("failing_link", { link: labelOf(link, say), detail: say(link.text, link.values) }));
    return say("verdict_invalid", { failing: joinClauses(failing, language) });
  }
  const suffix = verdict.fileChecked ? "" : "_record";
  const chains = names(verdict.verdict === "unreachable" ? "unreachable" : "verified");
  const since = verdict.since === null ? "" : formatLong(iso(verdict.since), language);
  let sentence = say(`verdict_${verdict.verdict}${suffix}` as VerdictText, { since, chains, digest: verdict.digest });
  if (verdict.verdict === "valid" && names("unreachable")) sentence += ` ${say("verdict_not_reached", { chains: names("unreachable") })}`;
  if (verdict.verdict === "pending" && names("not_trusted")) sentence += ` ${say("verdict_not_trusted", { chains: names("not_trusted") })}`;
  return sentence;
}

/** The verdict sentence first, then what to make of it, then each link with its result. */
export function Result({ verdict, trust }: { verdict: Verdict; trust: Extract<TrustState, { state: "ready" }> }) {
  const t = useText(messages);
  const say = useText(verdictWords);
  const { language } = useLanguage();
  const verified = verdict.chains.filter((chain) => chain.state === "verified");
  return (
    <>
      <section className={`card verdict verdict-${verdict.verdict}`} data-testid="verdict-kind" data-verdict={verdict.verdict}>
        <h2>
          <StatusTag tone={TONE[verdict.verdict]}>{t(verdict.verdict)}</StatusTag>
        </h2>
        <p className="verdict-sentence" data-testid="verdict">
          {sentenceOf(verdict, say, language)}
        </p>
        <p className="muted">{t(ADVICE[verdict.verdict])}</p>
        <Facts
          facts={[
            verdict.since !== null && [
              t("since"),
              <time key="since" dateTime={iso(verdict.since)} data-testid="verdict-since">
                {formatLong(iso(verdict.since), language)} <span className="meta">({iso(verdict.since)})</span>
              </time>,
            ],
            verified.length > 0 && [
              t("chains"),
              verified.map((chain) => (
                <div key={chain.name} data-testid="verdict-chain">
                  {t("chainBlock", { name: chain.name, id: chain.chainId ?? "—", block: chain.block ?? "—" })}
                </div>
              )),
            ],
            [
              t("trustBy"),
              <span key="trust" data-testid="verdict-trust">
                {trust.own === null ? t("trustPlatform", { origin: trust.trust.origin }) : t("trustOwn", { filename: trust.own, origin: trust.trust.origin })}
              </span>,
            ],
            verdict.claims && [
              t("claimedName"),
              <Unproven key="name">
                <span className="break">{verdict.claims.filename}</span>
              </Unproven>,
            ],
            ...(verdict.claims?.transactions ?? []).map(
              ({ chain, tx }) =>
                [
                  t("claimedTx", { chain }),
                  <Unproven key={chain}>
                    <CopyText value={tx} head={18} label={t("claimedTx", { chain })} />
                  </Unproven>,
                ] as const,
            ),
          ]}
        />
        {verdict.digest && (
          <p className="meta">
            {t("digest")} <CopyText value={verdict.digest} label={t("digest")} />
          </p>
        )}
      </section>
      <Section title={t("linksTitle")}>
        <ul className="findings">
          {verdict.links.map((link, position) => (
            <li key={position} data-testid="verify-link" data-link={link.name} data-ok={String(link.ok)}>
              <ToneIcon tone={link.ok === null ? "idle" : link.ok ? "done" : "refused"} />
              <div>
                <strong>{labelOf(link, say)}</strong> <span className="meta">{link.ok === null ? t("unchecked") : link.ok ? t("ok") : t("failed")}</span>
                <div className="muted">{say(link.text, link.values)}</div>
              </div>
            </li>
          ))}
        </ul>
      </Section>
    </>
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
