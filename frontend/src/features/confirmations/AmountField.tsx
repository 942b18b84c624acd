import { useId } from "react";

const AMOUNT = /^\d{1,16}(\.\d{1,4})?$/;

/** The amount as the API takes it: null where nothing is given, undefined where what is given is none. */
export function amountOf(text: string): string | null | undefined {
  const plain = text.replaceAll(",", "").trim();
  if (plain === "") return null;
  return AMOUNT.test(plain) ? plain : undefined;
}

export function AmountField({ label, value, hint, onChange, testId }: { label: string; value: string; hint?: string; onChange: (value: string) => void; testId?: string }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input right" inputMode="decimal" autoComplete="off" placeholder={hint} value={value} onChange={(event) => onChange(event.target.value)} data-testid={testId} />
    </div>
  );
}
