/** What a person writes over a document's fields, before it is saved. */
import type { DocumentDetail } from "../../../api/types";

export const TEXTS = ["number", "issue_date", "due_date", "currency", "order_number", "contract_number", "payee_account", "payment_terms", "delivery_date"] as const;
export const LISTS = ["despatch_numbers", "receipt_numbers", "invoice_numbers"] as const;
export const PARTY = ["name", "company_id"] as const;
export const TOTALS = ["lines", "allowances", "charges", "tax_exclusive", "tax", "tax_inclusive", "prepaid", "rounding", "payable"] as const;
/** The columns of the lines' table; what else a line states stays with it. */
export const COLUMNS = ["id", "item_name", "quantity", "unit", "price", "amount", "tax_percent", "tax"] as const;

export type TextKey = (typeof TEXTS)[number] | (typeof LISTS)[number];
export type TotalKey = (typeof TOTALS)[number];
export type ColumnKey = (typeof COLUMNS)[number];
type Stated = Readonly<Record<string, string>>;

export interface DraftLine {
  /** Tells lines apart while they are edited; not part of the document. */
  key: number;
  stated: Stated;
}

export interface Draft {
  kind: string;
  texts: Readonly<Record<TextKey, string>>;
  seller: Stated;
  buyer: Stated;
  totals: Stated;
  lines: readonly DraftLine[];
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

export function draftOf(row: DocumentDetail): Draft {
  const fields = row.fields as Record<string, unknown>;
  const text = (key: string) => (typeof fields[key] === "string" ? (fields[key] as string) : "");
  const list = (key: string) => (Array.isArray(fields[key]) ? (fields[key] as unknown[]).filter((each) => typeof each === "string").join(", ") : "");
  return {
    kind: text("kind"),
    texts: Object.fromEntries([...TEXTS.map((key) => [key, text(key)]), ...LISTS.map((key) => [key, list(key)])]) as Record<TextKey, string>,
    seller: texts(fields.seller),
    buyer: texts(fields.buyer),
    totals: texts(fields.totals),
    lines: row.lines.map((line, key) => ({ key, stated: texts(line) })),
  };
}

/** The draft as the server takes it: every field and every line. */
export function bodyOf(draft: Draft) {
  const list = (text: string) => text.split(/[,，、;；\s]+/u).filter(Boolean);
  const nothing = (text: string) => text.trim() || null;
  return {
    fields: {
      kind: draft.kind,
      ...Object.fromEntries(TEXTS.map((key) => [key, nothing(draft.texts[key])])),
      ...Object.fromEntries(LISTS.map((key) => [key, list(draft.texts[key])])),
      seller: stripped(draft.seller),
      buyer: stripped(draft.buyer),
      totals: Object.fromEntries(TOTALS.map((key) => [key, nothing(draft.totals[key] ?? "")])),
    },
    lines: draft.lines.map((line, position) => ({ ...stripped(line.stated), id: line.stated.id?.trim() || String(position + 1) })),
  };
}

function stripped(stated: Stated): Record<string, string> {
  return Object.fromEntries(Object.entries(stated).map(([key, text]) => [key, text.trim()]).filter(([, text]) => text));
}

export function isChanged(draft: Draft, row: DocumentDetail): boolean {
  return JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(draftOf(row)));
}

export function withLine(draft: Draft): Draft {
  const key = Math.max(-1, ...draft.lines.map((line) => line.key)) + 1;
  const numbers = draft.lines.map((line) => Number(line.stated.id)).filter(Number.isInteger);
  return { ...draft, lines: [...draft.lines, { key, stated: { id: String(Math.max(0, ...numbers) + 1) } }] };
}

export function withoutLines(draft: Draft, keys: ReadonlySet<number>): Draft {
  return { ...draft, lines: draft.lines.filter((line) => !keys.has(line.key)) };
}

/** Sets what stands at a path such as "totals.payable", "seller.name", "lines.3.amount" (by position) or "number". */
export function withField(draft: Draft, path: string, value: string): Draft {
  const [head = "", ...rest] = path.split(".");
  if (head === "kind") return { ...draft, kind: value };
  if (head === "seller" || head === "buyer" || head === "totals") return { ...draft, [head]: { ...draft[head], [rest[0] ?? ""]: value } };
  if (head === "lines") {
    const at = Number(rest[0]);
    return { ...draft, lines: draft.lines.map((line, position) => (position === at ? { ...line, stated: { ...line.stated, [rest[1] ?? ""]: value } } : line)) };
  }
  return { ...draft, texts: { ...draft.texts, [head]: value } };
}
