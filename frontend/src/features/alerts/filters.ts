export const ALERT_FILTERS = ["state", "rule", "severity"] as const;
export const ALERT_DEFAULTS = { state: "open" } as const;
export const ALERT_RULES = [
  "duplicate_invoice",
  "number_conflict",
  "invoiced_over_received",
  "invoiced_over_ordered",
  "unit_price_differs",
  "line_consumed_twice",
  "paid_over_invoiced",
  "credited_over_invoiced",
  "amount_over_ordered",
  "match_differs",
  "right_reduced_by_credit_note",
  "despatched_over_ordered",
  "received_over_despatched",
  "unit_differs",
  "currency_differs",
  "item_not_ordered",
  "automatic_limit_reached",
  "order_changed",
  "order_cancelled",
  "registry_refused",
  "registry_differs",
  "zhongdeng_expiring",
  "zhongdeng_left_standing",
  "ledger_tampered",
];
export const SEVERITIES = ["critical", "high", "medium", "low"];
