import { Button } from "antd";
import { useId, useState } from "react";

import { useResource } from "../../api/queries";
import type { Right, Verdict } from "../../api/types";
import { formatShare, isAbove, typedAmount } from "../../shared/format/decimal";
import { formatMoney } from "../../shared/format/money";
import { today } from "../../shared/format/time";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { costOf } from "./cost";
import { toggled, type Draft } from "./draft";
import { messages } from "./messages";

interface Props {
  draft: Draft;
  rights: readonly Right[];
  onChange: (draft: Draft) => void;
  onBack: () => void;
  onNext: (verdicts: readonly Verdict[]) => void;
}

/** Step 2: until when, how much, from whom; what each programme would lend and about what it costs. */
export function ChooseTerms({ draft, rights, onChange, onBack, onNext }: Props) {
  const t = useText(messages);
  const { language } = useLanguage();
  const id = useId();
  const [typed, setTyped] = useState(draft.amount);
  const asked = useResource("/api/v1/financing/eligibility", {}, draft.until !== "", { rights: draft.rights, until: draft.until });
  const verdicts = asked.data?.programmes ?? [];
  const chosen = verdicts.filter((verdict) => verdict.eligible && draft.programmes.includes(verdict.programme.id));
  const most = chosen.map((verdict) => verdict.most).reduce<string | null>((least, each) => (least === null || isAbove(least, each) ? each : least), null);
  const currency = rights[0]?.currency ?? "";
  const amount = typedAmount(typed);
  const tooMuch = amount !== null && most !== null && isAbove(amount, most);
  const ready = amount !== null && !tooMuch && chosen.length > 0 && draft.until !== "";

  return (
    <Section title={t("termsTitle")}>
      <div className="stack">
        <div className="request-fields">
          <div className="field">
            <label htmlFor={`${id}until`}>{t("until")}</label>
            <input id={`${id}until`} type="date" className="input" min={today()} value={draft.until} onChange={(event) => onChange({ ...draft, until: event.target.value })} data-testid="request-until" />
            <span className="meta">{t("untilHint")}</span>
          </div>
          <div className="field">
            <label htmlFor={`${id}amount`}>{t("amountOf", { currency })}</label>
            <input
              id={`${id}amount`}
              className="input right"
              inputMode="decimal"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                onChange({ ...draft, amount: typedAmount(event.target.value) ?? "" });
              }}
              aria-describedby={`${id}hint`}
              aria-invalid={typed !== "" && (amount === null || tooMuch)}
              data-testid="request-amount"
            />
            <span id={`${id}hint`} className="meta" role="status">
              {typed !== "" && amount === null
                ? t("wrongAmount")
                : most !== null && (tooMuch ? t("tooMuch", { most: formatMoney(most, currency, language) }) : t("amountHint", { most: formatMoney(most, currency, language) }))}
            </span>
          </div>
        </div>
        <h3>{t("programmesTitle")}</h3>
        <p className="meta">{t("programmesNote")}</p>
        {draft.until !== "" && (
          <Loaded query={asked} hasData={asked.data !== undefined} rows={4}>
            {verdicts.length === 0 ? (
              <Empty title={t("noProgrammes")}>{t("noProgrammesText")}</Empty>
            ) : (
              <ul className="programme-cards">
                {verdicts.map((verdict) => (
                  <ProgrammeCard
                    key={verdict.programme.id}
                    verdict={verdict}
                    amount={amount ?? verdict.most}
                    until={draft.until}
                    checked={draft.programmes.includes(verdict.programme.id)}
                    onToggle={() => onChange({ ...draft, programmes: toggled(draft.programmes, verdict.programme.id) })}
                  />
                ))}
              </ul>
            )}
          </Loaded>
        )}
        <div className="field">
          <label htmlFor={`${id}note`}>{t("note")}</label>
          <textarea id={`${id}note`} className="input" rows={2} maxLength={500} value={draft.note} onChange={(event) => onChange({ ...draft, note: event.target.value })} />
        </div>
        <div className="actions end request-foot">
          {verdicts.some((verdict) => verdict.eligible) && chosen.length === 0 && (
            <span className="meta" role="status">
              {t("chooseProgramme")}
            </span>
          )}
          <Button onClick={onBack}>{t("previous")}</Button>
          <Button
            type="primary"
            disabled={!ready}
            onClick={() => {
              onChange({ ...draft, programmes: chosen.map((verdict) => verdict.programme.id) });
              onNext(chosen);
            }}
            data-testid="next-step-button"
          >
            {t("next")}
          </Button>
        </div>
      </div>
    </Section>
  );
}

function ProgrammeCard({ verdict, amount, until, checked, onToggle }: { verdict: Verdict; amount: string; until: string; checked: boolean; onToggle: () => void }) {
  const t = useText(messages);
  const code = useCodes();
  const { terms } = verdict;
  const cost = verdict.eligible ? costOf(amount, terms, today(), until) : null;
  const why = [...verdict.obstacles.map((each) => code("obstacle", each)), ...verdict.rights.flatMap((right) => right.obstacles.map((each) => `${right.order_number || t("orderMissing")}: ${code("obstacle", each)}`))];
  return (
    <li className="programme-card" data-testid="programme-card">
      <label className="check">
        <input type="checkbox" checked={checked && verdict.eligible} disabled={!verdict.eligible} onChange={onToggle} />
        <span>
          <strong>{verdict.funder.name}</strong>
          <span className="meta"> · {verdict.programme.name}</span>
        </span>
      </label>
      <Facts
        facts={[
          [t("most"), <Money key="most" value={verdict.most} currency={verdict.currency} />],
          [t("annualRate"), `${formatShare(terms.annual_rate)} (${terms.day_count})`],
          [t("feeRate"), formatShare(terms.fee_rate)],
          [t("method"), `${code("financingMethod", terms.method)} · ${t(terms.recourse ? "withRecourse" : "withoutRecourse")}`],
          cost && [t("costPreview", { days: cost.days }), <Money key="cost" value={cost.total} currency={verdict.currency} />],
          cost && [t("payBack"), <Money key="back" value={cost.back} currency={verdict.currency} />],
        ]}
      />
      {why.length > 0 && (
        <ul className="obstacles">
          {why.map((words) => (
            <li key={words}>
              <StatusTag tone={verdict.eligible ? "idle" : "attention"}>{words}</StatusTag>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
