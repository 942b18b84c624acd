import { useLanguage, useText } from "../shared/i18n/LanguageProvider";
import { HTML_LANG } from "../shared/i18n/language";
import { messages } from "./messages";

export function LanguageSwitch() {
  const { language, setLanguage } = useLanguage();
  const t = useText(messages);
  const other = language === "zh" ? "en" : "zh";
  return (
    <button
      type="button"
      className="plain-button"
      lang={HTML_LANG[other]}
      aria-label={t("switchLanguageLabel")}
      onClick={() => setLanguage(other)}
      data-testid="language-switch"
    >
      {t("switchLanguage")}
    </button>
  );
}
