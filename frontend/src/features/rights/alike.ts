import type { ToldPayment } from "../../api/types";
import { addDecimals, isZero } from "../../shared/format/decimal";

const DAY_MS = 86_400_000;
/** As the server takes two sides to speak of one payment. */
const DAYS_APART = 3;

interface Typed {
  /** A plain decimal. */
  amount: string;
  day: string;
  reference: string;
}

/** What another side told that would be taken for the payment being typed, by its amount and day alone. */
export function alikeOf(told: readonly ToldPayment[], typed: Typed): ToldPayment | undefined {
  return told.find(
    (row) =>
      row.withdrawn_at === null &&
      !row.is_another &&
      !row.allowed_actions.includes("withdraw") && // one's own: nobody tells of one payment twice
      folded(row.reference) !== folded(typed.reference) &&
      isZero(addDecimals([row.amount, `-${typed.amount}`])) &&
      Math.abs(Date.parse(row.received_on) - Date.parse(typed.day)) <= DAYS_APART * DAY_MS,
  );
}

function folded(reference: string): string {
  return reference.normalize("NFKC").replaceAll(/\s/g, "").toUpperCase();
}
