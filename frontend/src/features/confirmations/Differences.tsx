import type { Mismatch } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { deskMessages } from "./deskMessages";

const SHOWN = 3;

/** Only what differs: the rule, what was expected, what was found. */
export function Differences({ rows }: { rows: readonly Mismatch[] }) {
  const t = useText(deskMessages);
  const code = useCodes();
  if (rows.length === 0) return null;
  return (
    <ul className="differences">
      {rows.slice(0, SHOWN).map((row, position) => (
        <li key={position} data-rule={row.rule} data-testid="queue-difference">
          <ToneIcon tone="attention" /> {code("rule", row.rule)}
          {row.expected && row.found && <strong className="num"> {t("expectedFound", { expected: formatExact(row.expected), found: formatExact(row.found) })}</strong>}
        </li>
      ))}
      {rows.length > SHOWN && <li className="muted">+ {rows.length - SHOWN}</li>}
    </ul>
  );
}
