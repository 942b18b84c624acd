import { lazy, Suspense, type ReactNode } from "react";
import { Route, Routes } from "react-router";

import type { Role } from "../api/types";
import { Skeleton } from "../shared/ui/states";
import { NotFoundPage } from "./NotFoundPage";
import { PublicFrame } from "./PublicFrame";
import { ForRoles } from "./ForRoles";

const SignedIn = lazy(() => import("./SignedIn"));
const LoginPage = lazy(() => import("../features/login/LoginPage"));
const HomePage = lazy(() => import("../features/home/HomePage"));
const DocumentsPage = lazy(() => import("../features/documents/DocumentsPage"));
const DocumentPage = lazy(() => import("../features/documents/DocumentPage"));
const TradesPage = lazy(() => import("../features/trades/TradesPage"));
const TradePage = lazy(() => import("../features/trades/TradePage"));
const ConfirmationsPage = lazy(() => import("../features/confirmations/ConfirmationsPage"));
const SheetPage = lazy(() => import("../features/confirmations/SheetPage"));
const ConsentsPage = lazy(() => import("../features/consents/ConsentsPage"));
const SuppliersPage = lazy(() => import("../features/access/SuppliersPage"));
const AccessPage = lazy(() => import("../features/access/AccessPage"));
const AlertsPage = lazy(() => import("../features/alerts/AlertsPage"));
const AlertPage = lazy(() => import("../features/alerts/AlertPage"));
const OperationsPage = lazy(() => import("../features/operations/OperationsPage"));
const LedgerOperationsPage = lazy(() => import("../features/operations/LedgerOperationsPage"));
const OrganisationsPage = lazy(() => import("../features/organisations/OrganisationsPage"));
const LedgerPage = lazy(() => import("../features/ledger/LedgerPage"));
const ChannelPage = lazy(() => import("../features/ledger/ChannelPage"));
const CheckpointPage = lazy(() => import("../features/ledger/CheckpointPage"));
const RecordsPage = lazy(() => import("../features/ledger/RecordsPage"));
const RecordPage = lazy(() => import("../features/ledger/RecordPage"));
const VerifyPage = lazy(() => import("../features/verify/VerifyPage"));

const BUSINESS: readonly Role[] = ["supplier", "core_enterprise", "financier"];

function page(element: ReactNode, roles?: readonly Role[]) {
  const content = <Suspense fallback={<Skeleton rows={8} />}>{element}</Suspense>;
  return roles ? <ForRoles roles={roles}>{content}</ForRoles> : content;
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<PublicFrame />}>
        <Route path="/login" element={page(<LoginPage />)} />
        <Route path="/verify" element={page(<VerifyPage />)} />
      </Route>
      <Route element={<Suspense fallback={null}><SignedIn /></Suspense>}>
        <Route path="/" element={page(<HomePage />)} />
        <Route path="/documents" element={page(<DocumentsPage />, BUSINESS)} />
        <Route path="/documents/:id" element={page(<DocumentPage />, BUSINESS)} />
        <Route path="/trades" element={page(<TradesPage />, BUSINESS)} />
        <Route path="/trades/:id" element={page(<TradePage />, BUSINESS)} />
        <Route path="/confirmations" element={page(<ConfirmationsPage />, ["core_enterprise"])} />
        <Route path="/confirmations/:id" element={page(<SheetPage />, ["core_enterprise"])} />
        <Route path="/consents" element={page(<ConsentsPage />, ["supplier"])} />
        <Route path="/suppliers" element={page(<SuppliersPage />, ["financier"])} />
        <Route path="/access" element={page(<AccessPage />, ["financier"])} />
        <Route path="/alerts" element={page(<AlertsPage />, ["risk_officer"])} />
        <Route path="/alerts/:id" element={page(<AlertPage />, ["risk_officer"])} />
        <Route path="/operations" element={page(<OperationsPage />, ["operator"])} />
        <Route path="/operations/ledger" element={page(<LedgerOperationsPage />, ["operator"])} />
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
