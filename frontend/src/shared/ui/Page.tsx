import { useEffect, type ReactNode } from "react";

import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

interface PageProps {
  title: string;
  /** What the browser's tab says, when the heading is too long for it. */
  tabTitle?: string;
  /** One sentence of state. */
  lead?: ReactNode;
  /** One primary action, at the right. */
  action?: ReactNode;
  /** Where this page hangs: a link back to the list. */
  back?: ReactNode;
  children: ReactNode;
}

export function usePageTitle(title: string): void {
  const t = useText(words);
  const product = t("product");
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title, product]);
}

export function Page({ title, tabTitle, lead, action, back, children }: PageProps) {
  usePageTitle(tabTitle ?? title);
  return (
    <div className="page">
      {back && <div className="page-back">{back}</div>}
      <header className="page-head">
        <div className="page-words">
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {action && <div className="page-action">{action}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  title: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
  testId?: string;
  /** Where a link on the page jumps to. */
  id?: string;
}

/** A titled surface. */
export function Section({ title, note, action, children, className, testId, id }: SectionProps) {
  return (
    <section id={id} className={`card ${className ?? ""}`} data-testid={testId}>
      <div className="card-head">
        <h2>{title}</h2>
        {action}
      </div>
      {note && <p className="meta card-note">{note}</p>}
      {children}
    </section>
  );
}
