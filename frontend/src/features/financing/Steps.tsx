import { useText } from "../../shared/i18n/LanguageProvider";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

export const STEPS = ["rights", "terms", "check"] as const;
export type Step = (typeof STEPS)[number];

export function Steps({ current }: { current: Step }) {
  const t = useText(messages);
  const at = STEPS.indexOf(current);
  return (
    <ol className="request-steps" aria-label={t("steps")}>
      {STEPS.map((step, position) => (
        <li key={step} className={position === at ? "request-step request-step-current" : "request-step"} aria-current={position === at ? "step" : undefined}>
          {position < at ? <ToneIcon tone="done" /> : <span className="request-step-number">{position + 1}</span>}
          <span>{t(`step_${step}`)}</span>
          {position < at && <span className="sr-only">{t("stepDone")}</span>}
        </li>
      ))}
    </ol>
  );
}
