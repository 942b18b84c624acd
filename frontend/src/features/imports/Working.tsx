import type { Import } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";
import { shareOf } from "./stages";

/** What the background does now, and how far it is. It goes on when the page is left. */
export function Working({ row }: { row: Import }) {
  const t = useText(messages);
  const code = useCodes();
  const share = shareOf(row);
  const title = code("import_state", row.state);
  return (
    <Section title={title} testId="import-working">
      <div className="stack-tight" role="status">
        <progress className="import-progress" aria-label={title} {...(share === null ? {} : { value: share, max: 1 })} />
        <p>{row.progress && share !== null ? t("progressOf", { done: row.progress.done.toLocaleString("en"), total: row.progress.total.toLocaleString("en"), percent: Math.floor(share * 100) }) : t(`working_${row.state === "importing" || row.state === "undoing" || row.state === "checking" ? row.state : "reading"}`)}</p>
        <p className="meta">{t("workingLeave")}</p>
      </div>
    </Section>
  );
}
