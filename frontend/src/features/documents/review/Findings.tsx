import { Link } from "react-router";

import type { DocumentDetail } from "../../../api/types";
import { useText } from "../../../shared/i18n/LanguageProvider";
import { Section } from "../../../shared/ui/Page";
import { ToneIcon } from "../../../shared/ui/StatusTag";
import { messages as documentMessages } from "../messages";
import { toneOf } from "./FieldFindings";
import type { Finding } from "./findings";
import { messages } from "./messages";

interface Props {
  row: DocumentDetail;
  findings: readonly Finding[];
  editable: boolean;
  onPick: (path: string) => void;
}

/** Everything to look at, the gravest first; one that is about a field leads to it. */
export function Findings({ row, findings, editable, onPick }: Props) {
  const t = useText(messages);
  const d = useText(documentMessages);
  const others = row.duplicate_of ? [row.duplicate_of] : row.conflicts;
  if (row.extraction === "attachment" && findings.length === 0) {
    return editable ? <p className="note note-running">{t("attachmentIntro")}</p> : null;
  }
  return (
    <Section title={findings.length > 0 ? t("findings", { n: findings.length }) : t("nothingFound")} testId="findings" className="desk-findings">
      {findings.length > 0 && (
        <ul className="findings">
          {findings.map((finding) => (
            <li key={finding.key} data-testid="finding" data-code={finding.code} data-level={finding.level}>
              <ToneIcon tone={toneOf(finding.level)} />
              {finding.path && editable ? (
                <button type="button" className="link-button" onClick={() => onPick(finding.path)}>
                  {finding.words}
                </button>
              ) : (
                <span>{finding.words}</span>
              )}
            </li>
          ))}
        </ul>
      )}
      {others.map((other) => (
        <p key={other.id}>
          <Link to={`/documents/${row.id}/compare/${other.id}`} data-testid="compare-link">
            {d("compareWith", { filename: other.filename })}
          </Link>
        </p>
      ))}
    </Section>
  );
}
