import { Button } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";

import { ProblemError } from "../../api/problem";
import { joinSentences } from "../format/join";
import { useCodes, useLanguage, useText } from "../i18n/LanguageProvider";
import { describe } from "./errors";
import { onNextChange } from "./changes";
import { ToneIcon } from "./StatusTag";
import { words } from "./words";

/** Grey bars while something loads; they stay unseen for the first 150 ms, so that quick answers do not flash. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  const t = useText(words);
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status" aria-busy="true">
      <span className="sr-only">{t("loading")}</span>
      {shown && Array.from({ length: rows }, (_, row) => <div key={row} style={{ width: `${100 - ((row * 17) % 40)}%` }} />)}
    </div>
  );
}

/** Nothing here yet, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty" data-testid="empty">
      <p className="empty-title">{title}</p>
      {children && <p className="muted">{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong, what to do, and a way on. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText(words);
  const code = useCodes();
  const said = describe(error, code);
  return (
    <div className="empty" role="alert" data-testid="failure" data-code={said.code}>
      <p className="empty-title">
        <ToneIcon tone="refused" /> {said.what}
      </p>
      <p className="muted">{said.remedy}</p>
      <div className="actions">
        {retry && !(error instanceof ProblemError && error.withdraws) && (
          <Button type="primary" onClick={retry}>
            {t("retry")}
          </Button>
        )}
        <Link to="/">{t("home")}</Link>
      </div>
    </div>
  );
}

/** The same in one line, beside the control that failed; it goes once what was sent is changed. */
export function InlineFailure({ error }: { error: unknown }) {
  const [outdated, setOutdated] = useState<unknown>(null);
  return error && error !== outdated ? <Said error={error} onOutdated={() => setOutdated(error)} /> : null;
}

function Said({ error, onOutdated }: { error: unknown; onOutdated: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const code = useCodes();
  const t = useText(words);
  const { language } = useLanguage();
  useEffect(() => onNextChange(place.current, onOutdated));
  const said = describe(error, code);
  const fields = error instanceof ProblemError ? error.fields.filter((field) => field.detail) : [];
  return (
    <div ref={place} className="note note-refused" role="alert" data-testid="inline-failure" data-code={said.code}>
      <ToneIcon tone="refused" />
      <div>
        {joinSentences(said.what, said.remedy, language)}
        {fields.length > 0 && (
          <ul>
            {fields.map((field) => (
              <li key={`${field.field}${field.code}`}>{field.field ? t("fieldProblem", { field: field.field, detail: field.detail }) : field.detail}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

interface QueryLike {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** Loading and failure of a query; children once there is data. Data already here stays while a refetch fails. */
export function Loaded({ query, rows, hasData, children }: { query: QueryLike; rows?: number; hasData: boolean; children: ReactNode }) {
  if (hasData) return children;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}
