import { ToneIcon } from "../../../shared/ui/StatusTag";
import type { Finding, Level } from "./findings";

const TONES = { refused: "refused", attention: "attention", notice: "idle" } as const satisfies Record<Level, string>;

export function toneOf(level: Level) {
  return TONES[level];
}

export function noteId(path: string): string {
  return `note-${path.replaceAll(".", "-")}`;
}

/** What was found about a field, beneath it. */
export function FieldFindings({ path, findings }: { path: string; findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul id={noteId(path)} className="field-findings">
      {findings.map((finding) => (
        <li key={finding.key} className={`finding-${finding.level}`}>
          <ToneIcon tone={toneOf(finding.level)} /> {finding.words}
        </li>
      ))}
    </ul>
  );
}
