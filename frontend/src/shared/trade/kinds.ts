import type { DocumentDetail } from "../../api/types";

/** What makes and changes a trade, in the order of its life (integrations/formats/model.py, TRADE_KINDS). */
export const TRADE_KINDS = [
  "order",
  "order_change",
  "order_cancellation",
  "order_response",
  "despatch_advice",
  "receipt_advice",
  "invoice",
  "debit_note",
  "credit_note",
  "remittance_advice",
] as const satisfies readonly DocumentDetail["kind"][];
