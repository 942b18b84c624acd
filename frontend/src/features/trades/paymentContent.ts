/** Reading what a payment confirmation is given over, so that what is shown is what is signed: abs-payment-content/v1. */

export interface PaymentContent {
  order_number: string;
  payee: string;
  debtor: string;
  currency: string;
  documents: { id: string; kind: string; number: string; total: string | null; currency: string | null }[];
}

const FORMAT = "abs-payment-content/v1";

/** The content, or null for a format that this version does not know; its text is shown either way. */
export function readPaymentContent(text: string): PaymentContent | null {
  try {
    const value = JSON.parse(text) as { format?: unknown };
    return value.format === FORMAT ? (value as unknown as PaymentContent) : null;
  } catch {
    return null;
  }
}

/** The content inside a signed payment confirmation. */
export function contentOfStatement(statement: string): PaymentContent | null {
  try {
    const value = JSON.parse(statement) as { content?: unknown };
    return typeof value.content === "string" ? readPaymentContent(value.content) : null;
  } catch {
    return null;
  }
}
