import type { ReactNode } from "react";
import { Route, Routes } from "react-router";

import type { Role } from "../api/types";
import { Skeleton } from "../shared/ui/states";
import { NotFoundPage } from "./NotFoundPage";
import { PublicFrame } from "./PublicFrame";
import { ForRoles } from "./ForRoles";
import { onDemand } from "./onDemand";

const rows = <Skeleton rows={8} />;
const SignedIn = onDemand(() => import("./SignedIn"));
const LoginPage = onDemand(() => import("../features/login/LoginPage"), rows);
const HomePage = onDemand(() => import("../features/home/HomePage"), rows);
const DocumentsPage = onDemand(() => import("../features/documents/DocumentsPage"), rows);
const DocumentPage = onDemand(() => import("../features/documents/DocumentPage"), rows);
const ReviewPage = onDemand(() => import("../features/documents/review/ReviewPage"), rows);
const ComparePage = onDemand(() => import("../features/documents/ComparePage"), rows);
const ImportsPage = onDemand(() => import("../features/imports/ImportsPage"), rows);
const ImportPage = onDemand(() => import("../features/imports/ImportPage"), rows);
const TradesPage = onDemand(() => import("../features/trades/TradesPage"), rows);
const TradePage = onDemand(() => import("../features/trades/TradePage"), rows);
const RightsPage = onDemand(() => import("../features/rights/RightsPage"), rows);
const RightPage = onDemand(() => import("../features/rights/RightPage"), rows);
const ConfirmationsPage = onDemand(() => import("../features/confirmations/ConfirmationsPage"), rows);
const SheetPage = onDemand(() => import("../features/confirmations/SheetPage"), rows);
const ObligationsPage = onDemand(() => import("../features/dues/ObligationsPage"), rows);
const ExpectedPage = onDemand(() => import("../features/dues/ExpectedPage"), rows);
const RequestsPage = onDemand(() => import("../features/financing/RequestsPage"), rows);
const NewRequestPage = onDemand(() => import("../features/financing/NewRequestPage"), rows);
const RequestPage = onDemand(() => import("../features/financing/RequestPage"), rows);
const LoansPage = onDemand(() => import("../features/loans/LoansPage"), rows);
const LoanPage = onDemand(() => import("../features/loans/LoanPage"), rows);
const PortfolioPage = onDemand(() => import("../features/loans/PortfolioPage"), rows);
const ProgrammesPage = onDemand(() => import("../features/programmes/ProgrammesPage"), rows);
const ProgrammePage = onDemand(() => import("../features/programmes/ProgrammePage"), rows);
const NoticesPage = onDemand(() => import("../features/notices/NoticesPage"), rows);
const NoticePage = onDemand(() => import("../features/notices/NoticePage"), rows);
const ProposalsPage = onDemand(() => import("../features/confirmations/ProposalsPage"), rows);
const DeskPage = onDemand(() => import("../features/confirmations/DeskPage"), rows);
const ConsentsPage = onDemand(() => import("../features/consents/ConsentsPage"), rows);
const SuppliersPage = onDemand(() => import("../features/access/SuppliersPage"), rows);
const AccessPage = onDemand(() => import("../features/access/AccessPage"), rows);
const AlertsPage = onDemand(() => import("../features/alerts/AlertsPage"), rows);
const AlertPage = onDemand(() => import("../features/alerts/AlertPage"), rows);
const OperationsPage = onDemand(() => import("../features/operations/OperationsPage"), rows);
const LedgerOperationsPage = onDemand(() => import("../features/operations/LedgerOperationsPage"), rows);
const RegistryPage = onDemand(() => import("../features/registry/RegistryPage"), rows);
const OrganisationsPage = onDemand(() => import("../features/organisations/OrganisationsPage"), rows);
const LedgerPage = onDemand(() => import("../features/ledger/LedgerPage"), rows);
const ChannelPage = onDemand(() => import("../features/ledger/ChannelPage"), rows);
const CheckpointPage = onDemand(() => import("../features/ledger/CheckpointPage"), rows);
const RecordsPage = onDemand(() => import("../features/ledger/RecordsPage"), rows);
const RecordPage = onDemand(() => import("../features/ledger/RecordPage"), rows);
const VerifyPage = onDemand(() => import("../features/verify/VerifyPage"), rows);

const BUSINESS: readonly Role[] = ["supplier", "core_enterprise", "financier"];

function page(element: ReactNode, roles?: readonly Role[]) {
  return roles ? <ForRoles roles={roles}>{element}</ForRoles> : element;
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<PublicFrame />}>
        <Route path="/login" element={page(<LoginPage />)} />
        <Route path="/verify" element={page(<VerifyPage />)} />
      </Route>
      <Route element={<SignedIn />}>
        <Route path="/" element={page(<HomePage />)} />
        <Route path="/documents" element={page(<DocumentsPage />, BUSINESS)} />
        <Route path="/documents/:id" element={page(<DocumentPage />, BUSINESS)} />
        <Route path="/documents/:id/review" element={page(<ReviewPage />, BUSINESS)} />
        <Route path="/documents/:id/compare/:other" element={page(<ComparePage />, BUSINESS)} />
        <Route path="/imports" element={page(<ImportsPage />, ["supplier"])} />
        <Route path="/imports/:id" element={page(<ImportPage />, ["supplier"])} />
        <Route path="/trades" element={page(<TradesPage />, BUSINESS)} />
        <Route path="/trades/:id" element={page(<TradePage />, BUSINESS)} />
        <Route path="/rights" element={page(<RightsPage />, BUSINESS)} />
        <Route path="/rights/:id" element={page(<RightPage />, BUSINESS)} />
        <Route path="/confirmations" element={page(<ConfirmationsPage />, ["core_enterprise"])} />
        <Route path="/confirmations/:id" element={page(<SheetPage />, ["core_enterprise"])} />
        <Route path="/financing/requests" element={page(<RequestsPage />, ["supplier", "financier"])} />
        <Route path="/financing/new" element={page(<NewRequestPage />, ["supplier"])} />
        <Route path="/financing/requests/:id" element={page(<RequestPage />, ["supplier", "financier"])} />
        <Route path="/loans" element={page(<LoansPage />, ["supplier", "financier"])} />
        <Route path="/loans/:id" element={page(<LoanPage />, ["supplier", "financier"])} />
        <Route path="/portfolio" element={page(<PortfolioPage />, ["financier"])} />
        <Route path="/programmes" element={page(<ProgrammesPage />, ["financier"])} />
        <Route path="/programmes/:id" element={page(<ProgrammePage />, ["financier"])} />
        <Route path="/notices" element={page(<NoticesPage />, BUSINESS)} />
        <Route path="/notices/:id" element={page(<NoticePage />, BUSINESS)} />
        <Route path="/obligations" element={page(<ObligationsPage />, ["core_enterprise"])} />
        <Route path="/expected" element={page(<ExpectedPage />, ["supplier"])} />
        <Route path="/desk" element={page(<DeskPage />, ["core_enterprise"])} />
        <Route path="/desk/proposals" element={page(<ProposalsPage />, ["core_enterprise"])} />
        <Route path="/consents" element={page(<ConsentsPage />, ["supplier"])} />
        <Route path="/suppliers" element={page(<SuppliersPage />, ["financier"])} />
        <Route path="/access" element={page(<AccessPage />, ["financier"])} />
        <Route path="/alerts" element={page(<AlertsPage />, ["risk_officer"])} />
        <Route path="/alerts/:id" element={page(<AlertPage />, ["risk_officer"])} />
        <Route path="/operations" element={page(<OperationsPage />, ["operator"])} />
        <Route path="/operations/ledger" element={page(<LedgerOperationsPage />, ["operator"])} />
        <Route path="/registry" element={page(<RegistryPage />, ["operator", "risk_officer"])} />
        <Route path="/organisations" element={page(<OrganisationsPage />, ["operator"])} />
        <Route path="/ledger" element={page(<LedgerPage />)} />
        <Route path="/ledger/channels/:name" element={page(<ChannelPage />)} />
        <Route path="/ledger/checkpoints/:name" element={page(<ChannelPage />)} />
        <Route path="/ledger/checkpoints/:channel/:size" element={page(<CheckpointPage />)} />
        <Route path="/ledger/records" element={page(<RecordsPage />)} />
        <Route path="/ledger/records/:id" element={page(<RecordPage />)} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
