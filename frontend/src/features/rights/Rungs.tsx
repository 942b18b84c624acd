import { Link } from "react-router";

import type { RightDetail, RightRung, RungFact } from "../../api/types";
import { joinNames } from "../../shared/format/join";
import { formatMoney } from "../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const LOG_TONE: Record<RungFact["state"], Tone> = { anchored: "done", recorded: "running", received: "idle" };

/** The ladder: each rung with its fact, who agreed to what, and what it supports. */
export function Rungs({ right }: { right: RightDetail }) {
  const t = useText(messages);
  return (
    <Section title={t("ladderTitle")} note={t("ladderNote")} testId="rungs">
      <ol className="rungs">
        {[...right.rungs].reverse().map((rung) => (
          <Rung key={rung.rung} rung={rung} right={right} />
        ))}
      </ol>
    </Section>
  );
}

function stateOf(rung: RightRung, right: RightDetail): "reached" | "lost" | "skipped" | "open" {
  if (rung.is_held) return "reached";
  if (rung.fact?.event === "lost") return "lost";
  return rung.rung < right.rung ? "skipped" : "open";
}

const TONES: Record<ReturnType<typeof stateOf>, Tone> = { reached: "done", lost: "refused", skipped: "idle", open: "idle" };

function Rung({ rung, right }: { rung: RightRung; right: RightDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const state = stateOf(rung, right);
  const amount = rung.supported === null || right.is_paid ? "" : formatMoney(rung.supported, right.currency, language);
  return (
    <li className="rung-row" data-testid={`rung-${rung.rung}`} data-state={state} aria-current={rung.rung === right.rung ? "step" : undefined}>
      <div className="rung-line">
        <strong>{t("rungOf", { rung: rung.rung, name: code("rung", String(rung.rung)) })}</strong>
        <StatusTag tone={TONES[state]}>{t(state)}</StatusTag>
        {amount && <span className="num meta rung-amount">{t(rung.is_held ? "supports" : "wouldSupport", { amount })}</span>}
      </div>
      {rung.fact && <Fact fact={rung.fact} right={right} />}
    </li>
  );
}

function Fact({ fact, right }: { fact: RungFact; right: RightDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const address = `/api/v1/rights/${right.id}/facts/${fact.id}`;
  return (
    <div className="rung-fact">
      <p className="meta">
        <Time value={fact.at} seconds /> · {fact.agreed_by ? code("agreedBy", fact.agreed_by) : code("rungLost", fact.reason)} ·{" "}
        <StatusTag tone={LOG_TONE[fact.state]} testId="fact-state">
          {t(fact.state)}
        </StatusTag>
        {fact.anchors.map((anchor) => (
          <span key={anchor.chain}> · {t("onChain", { chain: code("chainName", anchor.chain, {}, anchor.chain), block: anchor.block ?? "" })}</span>
        ))}
      </p>
      {fact.agreed.map((each) => (
        <p key={each.signature} className="meta">
          {t("agreedTo", { organisation: each.organisation, person: each.person, fields: joinNames(each.fields.map((field) => code("agreedField", field)), language) })} ·{" "}
          <Time value={each.at} /> · {t(each.custodial ? "custodial" : "ownKey")}
        </p>
      ))}
      {fact.disputable.length > 0 && <p className="meta">{t("stillDisputable", { what: joinNames(fact.disputable.map((each) => code("disputable", each)), language) })}</p>}
      <details className="fact-proof">
        <summary className="meta">{t("details")}</summary>
        <p className="meta">
          {t("evidence")}:{" "}
          {fact.evidence.map((each) => (
            <span key={each.document} className="evidence-item">
              <Link to={`/documents/${each.document}`}>
                {code("documentKind", each.kind)} {each.number}
              </Link>{" "}
              <CopyText value={each.sm3} head={12} label={t("digest")} />{" "}
            </span>
          ))}
        </p>
        <p className="meta">
          {t("signature")}: <CopyText value={fact.signature} head={16} label={t("signature")} />
        </p>
        <p className="meta">
          <a href={`${address}/statement`} download>
            {t("statement")}
          </a>{" "}
          ·{" "}
          <a href={`${address}/bundle`} download>
            {t("proof")}
          </a>
        </p>
      </details>
    </div>
  );
}
