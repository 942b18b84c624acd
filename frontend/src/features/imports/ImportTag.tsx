import type { Import } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { shareOf, toneOf } from "./stages";

/** Where an import stands, with its share done while the background works. */
export function ImportTag({ row }: { row: Import }) {
  const t = useText(messages);
  const code = useCodes();
  const share = shareOf(row);
  const wrong = row.state === "ready" && row.counts.wrong > 0;
  return (
    <StatusTag tone={toneOf(row)} testId={`import-${row.state}`}>
      {wrong ? t("toMend") : code("import_state", row.state)}
      {share !== null && ` ${Math.floor(share * 100)}%`}
    </StatusTag>
  );
}
