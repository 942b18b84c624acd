import { useEffect, useId, useState, type ReactNode } from "react";

import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

export function FilterBar({ children, onClear }: { children: ReactNode; onClear?: (() => void) | null }) {
  const t = useText(words);
  return (
    <div className="filters" role="search">
      {children}
      {onClear && (
        <button type="button" className="link-button" onClick={onClear}>
          {t("clear")}
        </button>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
  testId?: string;
  /** The label of the empty choice; null when one must be chosen. */
  any?: string | null;
  /** Marked as what is still to be chosen. */
  wanted?: boolean;
}

/** A native select: right on phones and keyboards alike. */
export function Choice({ label, value, options, onChange, testId, any, wanted = false }: ChoiceProps) {
  const t = useText(words);
  const id = useId();
  return (
    <div className="field-inline">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="select" value={value} aria-invalid={wanted} onChange={(event) => onChange(event.target.value)} data-testid={testId}>
        {any !== null && <option value="">{any ?? t("all")}</option>}
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A search field that waits until typing pauses. */
export function SearchField({ label, value, onChange, placeholder }: { label: string; value: string; onChange: (value: string) => void; placeholder?: string }) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="field-inline grow">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="search" className="input" value={text} placeholder={placeholder} onChange={(event) => setText(event.target.value)} />
    </div>
  );
}

/** A calendar date, "2026-11-26"; empty is none. */
export function DateField({ label, value, onChange, testId }: { label: string; value: string; onChange: (value: string) => void; testId?: string }) {
  const id = useId();
  return (
    <div className="field-inline">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" className="input" value={value} onChange={(event) => onChange(event.target.value)} data-testid={testId} />
    </div>
  );
}
