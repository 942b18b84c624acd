/** Reading the statement that is to be signed, so that what is shown is what is signed: abs-confirmation-content/v1. */

export interface StatementLine {
  id: string;
  item: string | null;
  quantity: string | null;
  rejected: string | null;
  unit: string | null;
  price: string | null;
  amount: string | null;
}

export interface Statement {
  trade: { order_number: string; seller: string; buyer: string };
  document: {
    kind: string;
    number: string;
    issue_date: string | null;
    due_date: string | null;
    currency: string;
    total: string | null;
    sm3: string;
    lines: StatementLine[];
  };
  differences: { rule: string; document: string; line: string; expected: string; found: string }[];
}

const FORMAT = "abs-confirmation-content/v1";

/** The statement's content, or null for a format that this version does not know; its text is shown either way. */
export function readStatement(text: string): Statement | null {
  try {
    const value = JSON.parse(text) as { format?: unknown };
    return value.format === FORMAT ? (value as unknown as Statement) : null;
  } catch {
    return null;
  }
}
