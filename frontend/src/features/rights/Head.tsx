import type { RightDetail } from "../../api/types";
import { formatShare, isZero } from "../../shared/format/decimal";
import { inCapitals } from "../../shared/format/capital";
import { joinClauses } from "../../shared/format/join";
import { formatMoney, formatWan } from "../../shared/format/money";
import { formatDate, formatLong } from "../../shared/format/time";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Day } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { RightStateTag } from "../../shared/trade/RightStateTag";
import { Opens, type Figure } from "./figure";
import { messages } from "./messages";

/** The headline, the amount with its words, what is missing, when it is due. */
export function Head({ right, onOpen }: { right: RightDetail; onOpen: (figure: Figure) => void }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const amount = formatMoney(right.supported, right.currency, language);
  const base = formatMoney(right.base, right.currency, language);
  const wan = formatWan(right.supported, right.currency, language);
  const capitals = inCapitals(right.supported, right.currency);
  return (
    <Section title={t("amountTitle")} action={<RightStateTag right={right} />} testId="right-head">
      <div className="right-summary">
        <div>
          <p className="right-sum">
            <Opens figure={{ kind: "supported" }} name={t("supported")} onOpen={onOpen} testId="open-supported">
              <strong className="num" data-testid="supported-amount" data-amount={right.supported}>
                {amount}
              </strong>
            </Opens>
            {wan && <span className="meta num"> {wan}</span>}
          </p>
          {capitals && <p className="meta">{t("capitals", { words: capitals })}</p>}
          <p className="right-headline" data-testid="days-earlier" data-days={right.days_earlier ?? ""}>
            <Days right={right} />
          </p>
        </div>
        <Facts
          facts={[
            [
              t("base"),
              <Opens key="base" figure={{ kind: "base" }} name={t("base")} onOpen={onOpen}>
                <span className="num">{base}</span>
              </Opens>,
            ],
            [t("rate"), right.rate && <span className="num">{formatShare(right.rate)}</span>],
            [t("dueDate"), <DueFact key="due" right={right} />],
          ]}
        />
      </div>
      <NextStep right={right} />
      <Pool right={right} />
    </Section>
  );
}

function Days({ right }: { right: RightDetail }) {
  const t = useText(messages);
  if (right.financeable_since === null || right.days_earlier === null) return <>{t("daysNone")}</>;
  if (isZero(right.supported)) return <>{t("nothingLeft")}</>;
  const key = right.payment_confirmed_at === null ? "daysCounting" : "daysFixed";
  return <>{right.days_earlier === 0 ? t(`${key}Today`) : t(key, { days: right.days_earlier })}</>;
}

function DueFact({ right }: { right: RightDetail }) {
  const t = useText(messages);
  const code = useCodes();
  if (!right.due) return <span className="muted">{t("dueUnknown")}</span>;
  return (
    <span data-testid="due" data-basis={right.due.basis}>
      <Day value={right.due.day} /> <span className="meta">{code("dueBasis", right.due.basis)}</span>
      {right.due.term && <span className="meta"> {t("dueTerm", { term: right.due.term })}</span>}
    </span>
  );
}

/** Whether it could enter a pool: what regulation asks of any claim, and the eligibility rules on top. */
function Pool({ right }: { right: RightDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const { eligible, rules } = right.eligibility;
  const named = (outcome: string) => joinClauses(rules.filter((each) => each.outcome === outcome).map((each) => code("eligibilityRule", each.rule)), language);
  let sentence = t("poolable");
  if (!right.poolable) sentence = t("notPoolable", { reasons: joinClauses(right.poolable_reasons.map((reason) => code("poolable", reason)), language) });
  else if (eligible === false) sentence = t("poolableButFails", { rules: named("fail") });
  else if (eligible === null) sentence = t("poolableButUnknown", { rules: named("unknown") });
  return (
    <p data-testid="poolable" data-poolable={right.poolable} data-eligible={String(eligible)}>
      <ToneIcon tone={right.poolable && eligible ? "done" : "idle"} /> {sentence}
      {!eligible && (
        <>
          {" · "}
          <a href="#eligibility">{t("toEligibility")}</a>
        </>
      )}
    </p>
  );
}

/** One sentence: the document, who must act, by when. */
function NextStep({ right }: { right: RightDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const step = right.next_step;
  if (!step)
    return (
      <p data-testid="next-step" data-missing="">
        <ToneIcon tone="done" /> {right.is_paid ? t("paid") : t("complete")}
      </p>
    );
  const document = step.document ? `${code("documentKind", step.document.kind)} ${step.document.number}` : "";
  const sentence = code("nextStep", step.missing, {
    organisation: step.organisation,
    document,
    asked: step.asked_at ? formatLong(formatDate(step.asked_at), language) : "",
    deadline: step.deadline ? formatLong(formatDate(step.deadline), language) : "",
  });
  return (
    <p data-testid="next-step" data-missing={step.missing}>
      <ToneIcon tone="attention" /> {sentence}
    </p>
  );
}
