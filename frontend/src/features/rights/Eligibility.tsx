import type { RightDetail } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

type Eligible = RightDetail["eligibility"];

const TONES: Record<string, Tone> = { pass: "done", fail: "refused", unknown: "idle" };

/** The criteria of a pool, rule by rule: why, and what would mend it. */
export function Eligibility({ eligibility }: { eligibility: Eligible }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section id="eligibility" title={t("eligibilityTitle")} note={t("ruleset", { ruleset: eligibility.ruleset })} testId="eligibility">
      <p>
        <Summary eligibility={eligibility} />
      </p>
      <ul className="criteria">
        {eligibility.rules.map((each) => (
          <li key={each.rule} data-testid="criterion" data-rule={each.rule} data-outcome={each.outcome}>
            <span>{code("eligibilityRule", each.rule)}</span>
            <StatusTag tone={TONES[each.outcome] ?? "idle"}>{code("eligibilityOutcome", each.outcome)}</StatusTag>
            <span className="meta">
              {code("eligibilityReason", each.reason)}
              {each.remedy && ` · ${t("remedy", { remedy: code("eligibilityRemedy", each.remedy) })}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Summary({ eligibility }: { eligibility: Eligible }) {
  const t = useText(messages);
  const count = (outcome: string) => eligibility.rules.filter((each) => each.outcome === outcome).length;
  if (eligibility.eligible) return <>{t("eligible")}</>;
  return <>{eligibility.eligible === null ? t("undecided", { count: count("unknown") }) : t("notEligible", { count: count("fail") })}</>;
}
