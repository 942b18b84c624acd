import { Link } from "react-router";

import type { Right } from "../../api/types";
import { formatShare, isZero } from "../../shared/format/decimal";
import { joinClauses } from "../../shared/format/join";
import { formatMoney, formatWan } from "../../shared/format/money";
import { formatLong } from "../../shared/format/time";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Day, Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { StatusTag, ToneIcon } from "../../shared/ui/StatusTag";
import { RightStateTag, stateShown } from "../../shared/trade/RightStateTag";
import { Calculation } from "./Calculation";
import { messages } from "./messages";

const RUNGS = [1, 2, 3, 4, 5] as const;

/** The headline, the ladder, the supported amount and how it comes about. */
export function RightPanel({ right }: { right: Right | null }) {
  const t = useText(messages);
  if (!right) {
    return (
      <Section title={t("rightTitle")} testId="right-panel">
        <p className="muted">{t("noRight")}</p>
      </Section>
    );
  }
  return (
    <Section title={t("rightTitle")} testId="right-panel" action={<Link to={`/rights/${right.id}`}>{t("openRight")}</Link>}>
      <div className="right-head">
        <Headline right={right} />
        <Amount right={right} />
      </div>
      <Ladder right={right} />
      <div className="right-notes">
        <Missing right={right} />
        <Poolable right={right} />
      </div>
      <details className="right-how" open={right.lines.length > 0}>
        <summary>{t("howTitle")}</summary>
        <Calculation right={right} />
      </details>
      <p className="meta">
        {right.due_date && (
          <>
            {t("dueDate")} <Day value={right.due_date} /> ·{" "}
          </>
        )}
        {t("computedAt")} <Time value={right.computed_at} seconds />
      </p>
    </Section>
  );
}

function Headline({ right }: { right: Right }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const days = right.days_earlier;
  const counting = right.payment_confirmed_at === null;
  let headline: string;
  if (right.financeable_since === null || days === null) headline = t("daysNone");
  else if (!counting) headline = days === 0 ? t("daysFixedToday") : t("daysFixed", { days });
  else headline = days === 0 ? t("daysCountingToday") : t("daysCounting", { days });
  return (
    <div>
      <p className="right-days" data-testid="days-earlier" data-days={days ?? ""}>
        {headline}
      </p>
      <p className="meta">
        {right.financeable_since && t("since", { since: formatLong(right.financeable_since, language) })}
        {right.payment_confirmed_at && ` · ${t("paymentAt", { at: formatLong(right.payment_confirmed_at, language) })}`}
      </p>
      {stateShown(right) !== "free" && <RightStateTag right={right} />}
      {right.financeable_since && isZero(right.supported) && !right.is_paid && <StatusTag tone="attention">{t("nothingToFinance")}</StatusTag>}
    </div>
  );
}

function Amount({ right }: { right: Right }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const wan = formatWan(right.supported, right.currency, language);
  return (
    <div className="right-amount">
      <span className="meta">{t("supported")}</span>
      <strong className="num" data-testid="supported-amount" data-amount={right.supported}>
        {formatMoney(right.supported, right.currency, language)}
      </strong>
      <span className="meta">
        {wan && `${wan} · `}
        {t("base")} <span className="num">{formatMoney(right.base, right.currency, language)}</span>
        {right.rate && <span className="num"> × {formatShare(right.rate)}</span>}
      </span>
    </div>
  );
}

function Ladder({ right }: { right: Right }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <ol className="ladder" aria-label={t("ladder")}>
      {RUNGS.map((rung) => {
        const state = rung === right.rung ? "current" : rung < right.rung ? "reached" : "open";
        return (
          <li key={rung} className={`rung rung-${state}`} data-testid={`rung-${rung}`} data-state={state} aria-current={state === "current" ? "step" : undefined}>
            <span className="rung-number">{rung}</span>
            <span>{code("rung", String(rung))}</span>
            <span className="sr-only">{t(state)}</span>
            {state !== "open" && <ToneIcon tone="done" />}
          </li>
        );
      })}
    </ol>
  );
}

function Missing({ right }: { right: Right }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const sentences = right.missing.map((item) => code("missing", item));
  const complete = right.missing.length === 0;
  return (
    <p data-testid="missing-sentence" data-missing={right.missing.join(" ")}>
      <ToneIcon tone={complete ? "done" : "attention"} />{" "}
      {complete ? (
        t(right.is_paid ? "paid" : "complete")
      ) : (
        <>
          {t("nextRung")}
          {joinClauses(sentences, language)}
        </>
      )}
    </p>
  );
}

function Poolable({ right }: { right: Right }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const reasons = joinClauses(right.poolable_reasons.map((reason) => code("poolable", reason)), language);
  return (
    <p data-testid="poolable" data-poolable={right.poolable}>
      <ToneIcon tone={right.poolable ? "done" : "idle"} /> <strong>{right.poolable ? t("poolable") : t("notPoolable")}</strong>
      {right.poolable && (
        <>
          {t("eligibilityOnTop")} · <Link to={`/rights/${right.id}`}>{t("toEligibility")}</Link>
        </>
      )}
      {!right.poolable && reasons && t("because", { reasons })}
    </p>
  );
}
