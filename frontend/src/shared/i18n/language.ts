export type Language = "zh" | "en";

export const LANGUAGES: readonly Language[] = ["zh", "en"];
export const HTML_LANG: Record<Language, string> = { zh: "zh-CN", en: "en" };

const STORAGE_KEY = "abs.language";

/** The language of the first visit: the browser's first one when it is English, Chinese otherwise. */
export function preferredLanguage(browserLanguages: readonly string[]): Language {
  return browserLanguages[0]?.toLowerCase().startsWith("en") ? "en" : "zh";
}

export function loadLanguage(): Language {
  const stored = readStored();
  return stored ?? preferredLanguage(navigator.languages);
}

function readStored(): Language | null {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return value === "zh" || value === "en" ? value : null;
  } catch {
    return null; // storage is forbidden: the choice lasts for this page
  }
}

export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // storage is forbidden: the choice lasts for this page
  }
}
