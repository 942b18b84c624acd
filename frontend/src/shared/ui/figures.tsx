import { formatExact } from "../format/decimal";
import { formatMoney, formatWan } from "../format/money";
import { formatDate, formatLong, formatTime } from "../format/time";
import { useCodes, useLanguage } from "../i18n/LanguageProvider";

export function Money({ value, currency, wan = false }: { value: string | null | undefined; currency: string | null | undefined; wan?: boolean }) {
  const { language } = useLanguage();
  if (value === null || value === undefined || value === "") return <span className="muted">—</span>;
  const large = wan ? formatWan(value, currency, language) : null;
  return (
    <span className="num">
      {formatMoney(value, currency, language)}
      {large && <span className="muted"> ({large})</span>}
    </span>
  );
}

export function Quantity({ value, unit }: { value: string | null | undefined; unit?: string | null }) {
  const code = useCodes();
  if (value === null || value === undefined || value === "") return <span className="muted">—</span>;
  return (
    <span className="num">
      {formatExact(value)}
      {unit && <span className="muted"> {code("unit", unit, {}, unit)}</span>}
    </span>
  );
}

/** A moment: ISO in the local zone in tables, long in prose; the exact UTC time on hover. */
export function Time({ value, long = false, seconds = false }: { value: string | null | undefined; long?: boolean; seconds?: boolean }) {
  const { language } = useLanguage();
  if (!value) return <span className="muted">—</span>;
  return (
    <time dateTime={value} title={value} className={long ? undefined : "num"}>
      {long ? formatLong(value, language) : formatTime(value, seconds)}
    </time>
  );
}

export function Day({ value }: { value: string | null | undefined }) {
  if (!value) return <span className="muted">—</span>;
  return (
    <time dateTime={value} className="num">
      {formatDate(value)}
    </time>
  );
}
