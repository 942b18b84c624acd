import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { pairOf, type CodeGroup } from "./codes";
import { HTML_LANG, loadLanguage, storeLanguage, type Language } from "./language";
import { fill, translate, type MessageParams, type Messages } from "./messages";

interface LanguageValue {
  language: Language;
  setLanguage: (language: Language) => void;
}

const LanguageContext = createContext<LanguageValue>({ language: "zh", setLanguage: () => undefined });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(loadLanguage);

  useEffect(() => {
    document.documentElement.lang = HTML_LANG[language];
  }, [language]);

  const setLanguage = useCallback((next: Language) => {
    storeLanguage(next);
    choose(next);
  }, []);

  const value = useMemo(() => ({ language, setLanguage }), [language, setLanguage]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export function useLanguage(): LanguageValue {
  return useContext(LanguageContext);
}

/** The words of a feature: `const t = useText(messages); t("title")`. */
export function useText<K extends string>(messages: Messages<K>) {
  const { language } = useLanguage();
  return useCallback((key: K, params?: MessageParams) => translate(messages, language, key, params), [messages, language]);
}

/** A code's words, or the fallback (by default the code, readable) for a code this version does not know. */
export type CodeText = (group: CodeGroup, code: string, params?: Record<string, unknown>, fallback?: string) => string;

export function codeText(language: Language): CodeText {
  return (group, code, params = {}, fallback) => {
    const pair = pairOf(group, code);
    if (!pair) return fallback || code.replaceAll("_", " ");
    const plain: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(params)) {
      if (typeof value === "string" || typeof value === "number") plain[name] = value;
    }
    const text = fill(pair[language === "zh" ? 0 : 1], plain);
    // A sentence with a gap says less than the server's own words.
    return /\{\w+(\|[^}]*)?\}/.test(text) ? fallback || text.replace(/\s*\{[^}]*\}\s*/g, " ").trim() : text;
  };
}

export function useCodes(): CodeText {
  const { language } = useLanguage();
  return useMemo(() => codeText(language), [language]);
}
