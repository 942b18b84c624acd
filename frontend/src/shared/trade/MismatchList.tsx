import { Link } from "react-router";

import type { Mismatch } from "../../api/types";
import { formatExact } from "../format/decimal";
import { useCodes, useText } from "../i18n/LanguageProvider";
import { ToneIcon } from "../ui/StatusTag";
import { words } from "./words";

/** Each difference in words, with the numbers that contradict each other. */
export function MismatchList({ mismatches, linked = false }: { mismatches: readonly Mismatch[]; linked?: boolean }) {
  const t = useText(words);
  const code = useCodes();
  return (
    <ul className="findings">
      {mismatches.map((row, position) => {
        const where = row.document && (row.line ? t("where", { document: row.document, line: row.line }) : row.document);
        return (
          <li key={position} data-testid="mismatch" data-rule={row.rule}>
            <ToneIcon tone="attention" />
            <div>
              <strong>{code("rule", row.rule)}</strong>
              {row.expected && row.found && (
                <>
                  {" · "}
                  {t("expectedFound", { expected: formatExact(row.expected), found: formatExact(row.found) })}
                </>
              )}
              {where && <div className="meta">{linked && row.document_id ? <Link to={`/documents/${row.document_id}`}>{where}</Link> : where}</div>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
