import { useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { ledgerMessages } from "./ledgerMessages";

/** Since when a key is in force, and until when it was. */
export function KeyLife({ created, retired }: { created: string; retired: string | null }) {
  const t = useText(ledgerMessages);
  return (
    <span className="two-lines">
      <Time value={created} />
      {retired && (
        <span className="meta">
          {t("until")} <Time value={retired} />
        </span>
      )}
    </span>
  );
}
