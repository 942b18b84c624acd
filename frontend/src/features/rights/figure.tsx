import type { ReactNode } from "react";

import { useText } from "../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

/** A number of the page: of the whole right, of one row of its calculation, or one of its reductions (by position). */
export type Figure =
  | { kind: "value" | "tax" | "base" | "supported" }
  | { kind: "quantity" | "unitValue" | "rowValue" | "rowTax"; row: number }
  | { kind: "reduction"; row: number };

interface OpensProps {
  figure: Figure;
  /** What the number is called, for whoever hears it only. */
  name: string;
  onOpen: (figure: Figure) => void;
  children: ReactNode;
  testId?: string;
}

/** A number that opens to the lines it came from. */
export function Opens({ figure, name, onOpen, children, testId }: OpensProps) {
  const t = useText(messages);
  return (
    <button type="button" className="figure-button" onClick={() => onOpen(figure)} data-testid={testId}>
      {children}
      <span className="sr-only"> {t("openSources", { figure: name })}</span>
    </button>
  );
}
