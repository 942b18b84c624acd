/** The server's shapes under the interface's names. All come from the generated schema: `npm run schema`. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["SessionOut"];
export type DemoAccount = Schemas["DemoAccount"];
export type Role = Session["roles"][number];
export type Home = Schemas["HomeOut"];
export type HomeTask = Schemas["Task"];
export type HomeFigure = Schemas["Figure"];

export type Document = Schemas["DocumentOut"];
export type DocumentDetail = Schemas["DocumentDetailOut"];
export type DocumentVersion = Schemas["VersionOut"];
export type DocumentComparison = Schemas["ComparisonOut"];
export type DocumentState = Document["state"];
export type UploadResult = Schemas["UploadOut"];
export type DisclosableFields = Schemas["FieldsOut"];
export type DocumentField = Schemas["FieldOut"];
export type Remark = Schemas["RemarkOut"];

export type Trade = Schemas["TradeRow"];
export type TradeDetail = Schemas["TradeDetailOut"];
export type TradeDocument = Schemas["FiledOut"];
export type TradeLine = Schemas["LineOut"];
export type Mismatch = Schemas["DifferenceOut"];
export type TimelineEvent = Schemas["TimelineOut"];
export type PaymentConfirmation = Schemas["PaymentConfirmationOut"];
export type Right = Schemas["RightOut"];
export type RightDetail = Schemas["RightDetailOut"];
export type RightRung = Schemas["RungOut"];
export type RungFact = Schemas["RungFactOut"];
export type RightFigures = Schemas["FiguresOut"];
export type RightEvent = Schemas["RightEventOut"];
export type RightLine = Schemas["CalculationLine"];

export type ConfirmationRow = Schemas["QueuedOut"];
export type ConfirmationSheet = Schemas["SheetOut"];
export type ConfirmationState = ConfirmationRow["state"];
export type Signature = Schemas["SignatureOut"];
export type ConfirmationNeeds = Schemas["NeedsOut"];
export type DisputeThread = Schemas["ThreadOut"];
export type Proposal = Schemas["ProposalOut"];
export type Desk = Schemas["DeskOut"];
export type DeskChange = Schemas["SettingsChangeOut"];

export type Supplier = Schemas["SupplierOut"];
export type AccessRequest = Schemas["AccessRequestOut"];
export type Purpose = AccessRequest["purpose"];
export type Candidates = Schemas["CandidatesOut"];
export type Grant = Schemas["GrantOut"];
export type Access = Schemas["AccessOut"];

export type Import = Schemas["ImportOut"];
export type ImportDetail = Schemas["ImportDetailOut"];
export type ImportState = Import["state"];
export type ImportCounts = Schemas["ImportCountsOut"];
export type ImportRow = Schemas["ImportRowOut"];
export type ImportColumn = Schemas["ImportColumnOut"];
export type ImportEntry = Schemas["ImportEntryOut"];
export type ImportKind = Schemas["ImportKindOut"];
export type ImportChoices = Schemas["ImportChoicesOut"];
export type CellError = Schemas["CellErrorOut"];
export type ImportProposal = Schemas["ImportProposalOut"];

export type Alert = Schemas["AlertOut"];
export type Severity = Alert["severity"];

export type Reconciliation = Schemas["ReconciliationOut"];
export type RegistryDifference = Schemas["RegistryDifferenceOut"];

export type Audit = Schemas["AuditOut"];
export type PublisherKey = Schemas["KeyOut"];
export type MasterKey = Schemas["MasterKeyOut"];
export type DataKey = Schemas["DataKeyOut"];
export type LedgerChannel = Schemas["ChannelOut"];
export type LedgerChain = Schemas["ChainOut"];
export type Checkpoint = Schemas["CheckpointOut"];
export type CheckpointDetail = Schemas["CheckpointDetailOut"];
export type CheckpointAnchor = Schemas["CheckpointAnchorOut"];
export type AnchorDetail = Schemas["AnchorDetailOut"];
export type AnchorState = CheckpointAnchor["state"];
export type LedgerRecord = Schemas["LedgerRecordOut"];
export type LedgerRecordDetail = Schemas["LedgerRecordDetailOut"];
export type LedgerEvent = Schemas["EventOut"];
export type LedgerFound = Schemas["FoundOut"];

export type Operations = Schemas["OperationsOut"];
export type Job = Schemas["JobOut"];
export type Network = Schemas["NetworkOut"];
export type Organisation = Schemas["OrganisationOut"];

/** Parameters of a code: whatever its sentence needs. */
export type Params = Readonly<Record<string, unknown>>;

/** A line as it was read from a file (integrations/formats/model.py, Line); decimals are text. */
export interface DocumentLine {
  id?: string;
  item_name?: string | null;
  item_description?: string | null;
  seller_item_id?: string | null;
  buyer_item_id?: string | null;
  unit?: string | null;
  quantity?: string | null;
  rejected?: string | null;
  short?: string | null;
  price?: string | null;
  price_base_quantity?: string | null;
  amount?: string | null;
  tax?: string | null;
  note?: string | null;
}

export type Due = Schemas["DueOut"];
export type DueDay = Schemas["DayOut"];

export type FinancingRequest = Schemas["RequestOut"];
export type FinancingRequestDetail = Schemas["RequestDetailOut"];
export type RequestedRight = Schemas["RequestedRightOut"];
export type Invitation = Schemas["InvitationOut"];
export type Offer = Schemas["OfferOut"];
export type Verdict = Schemas["VerdictOut"];
export type Programme = Schemas["ProgrammeOut"];
export type Notice = Schemas["NoticeOut"];
export type Pledge = Schemas["PledgeOut"];
export type NoticeDetail = Schemas["NoticeDetailOut"];
export type Loan = Schemas["LoanOut"];
export type LoanDetail = Schemas["LoanDetailOut"];
export type LoanPayment = Schemas["PaymentOut"];
export type Payout = Schemas["PayoutOut"];
export type Portfolio = Schemas["PortfolioOut"];
export type PortfolioFigure = Schemas["FigureOut"];
export type Statement = Schemas["StatementOut"];

export type ToldPayment = Schemas["CollectionOut"];
export type Priority = Schemas["PriorityOut"];
export type ZhongdengRegistration = Schemas["RegistrationOut"];
export type ZhongdengSearch = Schemas["SearchOut"];
export type OwnRegistration = Schemas["OwnRegistrationOut"];
export type RecordedNotice = Schemas["RecordedNoticeOut"];
export type RightOnRegistry = Schemas["RightOnRegistryOut"];
