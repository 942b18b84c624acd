import type { Import } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { stageIndex, STAGES } from "./stages";

/** Upload → map → check → import, and where this one stands. */
export function Steps({ row, mapping }: { row: Import; mapping: boolean }) {
  const t = useText(messages);
  const at = mapping ? STAGES.indexOf("map") : stageIndex(row.state);
  return (
    <ol className="import-steps" aria-label={t("stages")}>
      {STAGES.map((stage, position) => {
        const state = position < at ? "done" : position === at ? "current" : "open";
        return (
          <li key={stage} className={`import-step import-step-${state}`} aria-current={state === "current" ? "step" : undefined}>
            {state === "done" ? <ToneIcon tone="done" /> : <span className="import-step-number">{position + 1}</span>}
            <span>{t(`stage_${stage}`)}</span>
            {state === "done" && <span className="sr-only">{t("stageDone")}</span>}
          </li>
        );
      })}
    </ol>
  );
}
