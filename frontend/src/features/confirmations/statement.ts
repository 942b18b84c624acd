/** Reading the statement that is to be signed, so that what is shown is what is signed: abs-confirmation-content/v1. */

export interface StatementLine {
  id: string;
  item: string | null;
  buyer_item_id: string | null;
  seller_item_id: string | null;
  standard_item_id: string | null;
  quantity: string | null;
  rejected: string | null;
  short: string | null;
  unit: string | null;
  price: string | null;
  /** How many units the price is for. */
  price_base_quantity: string | null;
  allowances: string | null;
  charges: string | null;
  amount: string | null;
  tax: string | null;
  tax_percent: string | null;
  /** The line of the order that this one counts for. */
  order_line: { id: string; item: string | null } | null;
}

export interface Statement {
  trade: { order_number: string; seller: string; buyer: string };
  document: {
    kind: string;
    number: string;
    /** The parties as the file names them; `trade` has the organisations that they were found to be. */
    seller: string | null;
    buyer: string | null;
    issue_date: string | null;
    due_date: string | null;
    currency: string;
    total: string | null;
    totals: Readonly<Record<string, string>>;
    sm3: string;
    lines: StatementLine[];
  };
  /** The document against itself. */
  remarks: { rule: string; params: Readonly<Record<string, unknown>> }[];
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

function plain(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Whether a line and the order line it was joined to call the item differently; case, width and spaces apart. */
export function namedOtherwise(line: StatementLine): boolean {
  const ordered = line.order_line?.item;
  return Boolean(ordered && line.item && plain(ordered) !== plain(line.item));
}
