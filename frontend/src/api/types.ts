/** The server's shapes, as the REST contract fixes them. Every server type of the interface comes from this module. */

export type Uuid = string;
/** Exact decimal as text, for example "1234.50"; never a float. */
export type Decimal = string;
/** RFC 3339 in UTC. */
export type Timestamp = string;
/** ISO 8601 calendar date. */
export type IsoDate = string;

export interface Page<T> {
  next: string | null;
  previous: string | null;
  results: T[];
}

export interface Ref {
  id: Uuid;
  name: string;
}

export type Role = "supplier" | "core_enterprise" | "financier" | "risk_officer" | "operator";

export interface DemoAccount {
  username: string;
  organisation: string;
  role: string;
}

export interface Session {
  authenticated: boolean;
  person: { id: Uuid; name: string; username: string } | null;
  organisation: { id: Uuid; name: string; name_en: string } | null;
  roles: Role[];
  demo: boolean;
  demo_accounts: DemoAccount[];
  limits: { max_file_bytes: number; max_files: number };
}

export type Params = Record<string, unknown>;

export interface HomeTask {
  code: string;
  count: number;
  link: string;
}

export interface HomeFigure {
  code: string;
  value: string | number;
  currency: string | null;
}

export interface Home {
  next_step: { code: string; params: Params; link: string } | null;
  tasks: HomeTask[];
  figures: HomeFigure[];
}

export type DocumentState = "received" | "recorded" | "anchored";
export type Extraction = "pending" | "extracted" | "attachment" | "refused";
export type ConfirmationState = "pending" | "confirmed" | "disputed" | "not_required";

export interface Anchor {
  chain: string;
  chain_id: number;
  block: number;
  time: Timestamp;
  tx: string;
}

export interface Document {
  id: Uuid;
  filename: string;
  size: number;
  media_type: string;
  digest: string;
  kind: string | null;
  number: string | null;
  issue_date: IsoDate | null;
  currency: string | null;
  total: Decimal | null;
  state: DocumentState;
  extraction: Extraction;
  owner: Ref;
  seller_name: string | null;
  buyer_name: string | null;
  trade: { id: Uuid; order_number: string | null } | null;
  duplicate_of: { id: Uuid; filename: string } | null;
  attention: { code: string; params: Params }[];
  tax_status: string | null;
  received_at: Timestamp;
  log_index: number | null;
  anchors: Anchor[];
}

export interface DocumentLine {
  id: string | null;
  item_name: string | null;
  item_description?: string | null;
  unit: string | null;
  quantity: Decimal | null;
  rejected?: Decimal | null;
  short?: Decimal | null;
  price: Decimal | null;
  price_base_quantity?: Decimal | null;
  amount: Decimal | null;
  tax?: Decimal | null;
  tax_percent?: Decimal | null;
  note?: string | null;
}

export interface Remark {
  rule: string;
  detail: string;
  params?: Params;
  document?: string | null;
}

export interface DocumentDetail extends Document {
  fields: Record<string, unknown>;
  lines: DocumentLine[];
  remarks: Remark[];
  record: { id: Uuid; template: string; time: Timestamp; commitment: string } | null;
  checkpoint_size: number | null;
  confirmation: { id?: Uuid; state: ConfirmationState; reason?: string | null; statement?: string | null } | null;
  allowed_actions: string[];
}

export interface Rejected {
  filename: string;
  code: string;
  detail: string;
  params: Params;
}

export interface UploadResult {
  documents: Document[];
  rejected: Rejected[];
}

export interface TradeRight {
  rung: number;
  supported: Decimal;
  base: Decimal;
  currency: string | null;
  poolable: boolean;
  missing: string[];
}

export interface Trade {
  id: Uuid;
  order_number: string | null;
  provisional: boolean;
  seller: Ref;
  buyer: { id: Uuid | null; name: string };
  currency: string | null;
  ordered: Decimal | null;
  documents: number;
  mismatches: number;
  right: TradeRight | null;
  pending_confirmations: number;
  updated_at: Timestamp;
}

export interface TradeDocument {
  id: Uuid;
  document?: string;
  kind: string | null;
  number: string | null;
  filename?: string;
  issue_date: IsoDate | null;
  total: Decimal | null;
  currency: string | null;
  state: DocumentState;
  confirmation_state: ConfirmationState | null;
  confirmation?: Uuid | null;
  allowed_actions: string[];
}

export interface TradeLine {
  order_line: string | null;
  item: string | null;
  unit: string | null;
  ordered: Decimal | null;
  despatched: Decimal | null;
  received: Decimal | null;
  rejected: Decimal | null;
  short: Decimal | null;
  accepted: Decimal | null;
  invoiced: Decimal | null;
  credited: Decimal | null;
  order_price: Decimal | null;
  invoice_price: Decimal | null;
  differences: string[];
}

export interface Mismatch {
  rule: string;
  document: string | null;
  document_id?: Uuid | null;
  line: string | null;
  expected: string | null;
  found: string | null;
}

export interface OpenQuantity {
  document: string | null;
  line: string | null;
  quantity: Decimal;
  unit: string | null;
}

export interface RightLine {
  order_line: string | null;
  item: string | null;
  quantity: Decimal;
  unit: string | null;
  unit_value: Decimal;
  value: Decimal;
  tax: Decimal;
}

export interface Right extends TradeRight {
  id: Uuid;
  trade: Uuid;
  rate: Decimal | null;
  poolable_reasons: string[];
  reductions: { reason: string; amount: Decimal; document: string | null }[];
  lines: RightLine[];
  due_date: IsoDate | null;
  financeable_since: Timestamp | null;
  payment_confirmed_at: Timestamp | null;
  days_earlier: number | null;
  computed_at: Timestamp;
}

export interface TimelineEvent {
  at: Timestamp;
  kind: string;
  params: Params;
}

export interface TradeDetail extends Omit<Trade, "documents" | "mismatches" | "right"> {
  documents: TradeDocument[];
  lines: TradeLine[];
  mismatches: Mismatch[];
  remarks: Remark[];
  open_quantities: OpenQuantity[];
  right: Right | null;
  timeline: TimelineEvent[];
  allowed_actions: string[];
}

export interface ConfirmationRow {
  id: Uuid;
  document: { id: Uuid; kind: string | null; number: string | null; filename?: string };
  trade: { id: Uuid; order_number: string | null } | null;
  supplier: Ref;
  amount: Decimal | null;
  currency: string | null;
  state: ConfirmationState;
  mismatches: number;
  deadline: Timestamp | null;
  received_at: Timestamp;
}

export interface Signature {
  decision: "confirmed" | "disputed" | "confirm" | "dispute";
  reason: string | null;
  person: string;
  organisation: string;
  at: Timestamp;
  signature: string;
  public_key: string;
  custodial: boolean;
  statement: string;
}

export interface ConfirmationSheet {
  id: Uuid;
  state: ConfirmationState;
  document: DocumentDetail;
  trade: TradeDetail | null;
  statement: string;
  content_digest: string;
  differences: Mismatch[];
  signatures: Signature[];
  allowed_actions: string[];
}

export interface Supplier {
  id: Uuid;
  name: string;
  name_en: string | null;
}

export type Purpose = "financing" | "due_diligence" | "monitoring";

export interface AccessRequest {
  id: Uuid;
  requester: Ref;
  owner: Ref;
  purpose: Purpose;
  purpose_note: string;
  days: number;
  order_number: string;
  state: "requested" | "granted" | "declined" | "withdrawn";
  created_at: Timestamp;
  decided_at: Timestamp | null;
  grant: Uuid | null;
  allowed_actions: string[];
}

export interface Candidates {
  trades: { id: Uuid; order_number: string | null; buyer_name: string; matches_request: boolean }[];
  documents: { id: Uuid; filename: string; matches_request?: boolean }[];
}

export interface Grant {
  id: Uuid;
  owner: Ref;
  grantee: Ref;
  purpose: Purpose;
  whole: boolean;
  trades: { id: Uuid; order_number: string | null }[];
  documents: { id: Uuid; filename: string }[];
  valid_from: Timestamp;
  valid_until: Timestamp;
  state: "active" | "revoked" | "expired";
  revoked_at: Timestamp | null;
  last_access_at: Timestamp | null;
  access_count: number;
  allowed_actions: string[];
}

export interface Access {
  id: Uuid;
  at: Timestamp;
  person: string | Ref;
  organisation: string | Ref;
  purpose: Purpose | null;
  action: string;
  subject: { kind: string; id: Uuid; label: string };
  grant: Uuid | null;
}

export type Severity = "low" | "medium" | "high" | "critical";

export interface Alert {
  id: Uuid;
  rule: string;
  severity: Severity;
  state: "open" | "acknowledged" | "closed";
  parties: Ref[];
  amount: Decimal | null;
  currency: string | null;
  detail: Params;
  subject: { kind: string; id: Uuid; label: string };
  raised_at: Timestamp;
  note?: string | null;
  allowed_actions: string[];
}

export interface Operations {
  services: { name: string; state: string; detail: string; fix: string }[];
  jobs: { queued: number; running: number; failed: number; oldest_age_seconds: number | null };
  chains: { name: string; chain_id: number | null; state: string; head: number | null; lag: number | null; pending: number }[];
}

export interface Job {
  id: Uuid;
  kind: string;
  state: string;
  attempts: number;
  error?: string | null;
  last_error?: string | null;
  progress?: { done: number; total: number } | null;
  created_at?: Timestamp | null;
  due_at?: Timestamp | null;
}

export interface Network {
  id: Uuid;
  name: string;
}

export interface Organisation {
  id: Uuid;
  network: Uuid | Network | null;
  name: string;
  name_en: string | null;
  roles: string[];
  identifiers: { scheme: string; value: string }[];
  listed: boolean;
}

export interface ClientCredentials {
  client_id: string;
  client_secret: string;
}
