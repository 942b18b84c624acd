import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyButton } from "../../shared/ui/CopyText";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

/** A checkpoint's note to the letter. */
export function NoteText({ note }: { note: string }) {
  const t = useText(messages);
  return (
    <Section title={t("noteTitle")} note={t("noteText")} action={<CopyButton value={note} label={t("copyNote")} />}>
      <pre className="statement" data-testid="note" tabIndex={0} role="region" aria-label={t("noteTitle")}>
        {note}
      </pre>
    </Section>
  );
}
