import { Link } from "react-router";

import { useText } from "../shared/i18n/LanguageProvider";
import { words } from "../shared/ui/words";

export function Brand() {
  const t = useText(words);
  return (
    <Link to="/" className="brand" aria-label={t("product")}>
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="6" fill="#155E75" />
        <path d="M7 23h4v-5H7zm7 0h4V13h-4zm7 0h4V8h-4z" fill="#fff" />
      </svg>
      <span>{t("product")}</span>
    </Link>
  );
}
