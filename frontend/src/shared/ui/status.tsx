import type { ConfirmationState, Document, DocumentState, Severity } from "../../api/types";
import { useCodes } from "../i18n/LanguageProvider";
import { StatusTag, type Tone } from "./StatusTag";

const DOCUMENT: Record<DocumentState, Tone> = { received: "idle", recorded: "running", anchored: "done" };
const VERDICT: Record<NonNullable<Document["verdict"]>, Tone> = { accepted: "done", attention: "attention", refused: "refused" };
const CONFIRMATION: Record<ConfirmationState, Tone> = { pending: "attention", confirmed: "done", partial: "running", disputed: "refused", not_required: "idle" };
const SEVERITY: Record<Severity, Tone> = { low: "idle", medium: "notice", high: "attention", critical: "refused" };

/** received → recorded → anchored. */
export function DocumentStateTag({ state }: { state: DocumentState }) {
  const code = useCodes();
  return (
    <StatusTag tone={DOCUMENT[state]} testId={`state-${state}`}>
      {code("documentState", state)}
    </StatusTag>
  );
}

/** What became of a document. */
export function VerdictTag({ verdict }: { verdict: NonNullable<Document["verdict"]> }) {
  const code = useCodes();
  return (
    <StatusTag tone={VERDICT[verdict]} testId={`verdict-${verdict}`}>
      {code("verdict", verdict)}
    </StatusTag>
  );
}

export function ConfirmationTag({ state }: { state: ConfirmationState }) {
  const code = useCodes();
  return (
    <StatusTag tone={CONFIRMATION[state]} testId={`confirmation-${state}`}>
      {code("confirmationState", state)}
    </StatusTag>
  );
}

export function SeverityTag({ severity }: { severity: Severity }) {
  const code = useCodes();
  return <StatusTag tone={SEVERITY[severity]}>{code("severity", severity)}</StatusTag>;
}
