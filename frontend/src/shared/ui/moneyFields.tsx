import { useId } from "react";

import { typedAmount } from "../format/decimal";
import { today } from "../format/time";
import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

export function ReferenceField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText(words);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("bankReference")}</label>
      <input id={id} className="input" maxLength={100} value={value} onChange={(event) => onChange(event.target.value)} data-testid="bank-reference" />
    </div>
  );
}

export function DayField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" className="input" max={today()} value={value} onChange={(event) => onChange(event.target.value)} data-testid="money-day" />
    </div>
  );
}

export function AmountField({ value, currency, onChange }: { value: string; currency: string; onChange: (value: string) => void }) {
  const t = useText(words);
  const id = useId();
  const wrong = value !== "" && typedAmount(value) === null;
  return (
    <div className="field">
      <label htmlFor={id}>{t("amountOf", { currency })}</label>
      <input id={id} className="input right" inputMode="decimal" value={value} aria-invalid={wrong} onChange={(event) => onChange(event.target.value)} data-testid="money-amount" />
      {wrong && (
        <span className="meta" role="status">
          {t("wrongAmount")}
        </span>
      )}
    </div>
  );
}
