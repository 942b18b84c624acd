import AccountBookOutlined from "@ant-design/icons/AccountBookOutlined";
import AlertOutlined from "@ant-design/icons/AlertOutlined";
import AuditOutlined from "@ant-design/icons/AuditOutlined";
import BankOutlined from "@ant-design/icons/BankOutlined";
import BlockOutlined from "@ant-design/icons/BlockOutlined";
import CalendarOutlined from "@ant-design/icons/CalendarOutlined";
import DashboardOutlined from "@ant-design/icons/DashboardOutlined";
import FileTextOutlined from "@ant-design/icons/FileTextOutlined";
import FundOutlined from "@ant-design/icons/FundOutlined";
import HomeOutlined from "@ant-design/icons/HomeOutlined";
import ImportOutlined from "@ant-design/icons/ImportOutlined";
import KeyOutlined from "@ant-design/icons/KeyOutlined";
import LinkOutlined from "@ant-design/icons/LinkOutlined";
import MailOutlined from "@ant-design/icons/MailOutlined";
import PieChartOutlined from "@ant-design/icons/PieChartOutlined";
import ProfileOutlined from "@ant-design/icons/ProfileOutlined";
import SafetyCertificateOutlined from "@ant-design/icons/SafetyCertificateOutlined";
import ShopOutlined from "@ant-design/icons/ShopOutlined";
import SwapOutlined from "@ant-design/icons/SwapOutlined";
import TransactionOutlined from "@ant-design/icons/TransactionOutlined";
import type { ReactNode } from "react";

import type { Role } from "../api/types";
import type { messages } from "./messages";

interface Item {
  path: string;
  label: keyof typeof messages;
  icon: ReactNode;
  /** Who uses it; everybody when absent. */
  roles?: readonly Role[];
}

/** Navigation by persona, in the order of a day's work. */
export const NAVIGATION: readonly Item[] = [
  { path: "/", label: "home", icon: <HomeOutlined aria-hidden /> },
  { path: "/documents", label: "documents", icon: <FileTextOutlined aria-hidden />, roles: ["supplier", "core_enterprise", "financier"] },
  { path: "/imports", label: "imports", icon: <ImportOutlined aria-hidden />, roles: ["supplier"] },
  { path: "/confirmations", label: "confirmations", icon: <AuditOutlined aria-hidden />, roles: ["core_enterprise"] },
  { path: "/suppliers", label: "suppliers", icon: <ShopOutlined aria-hidden />, roles: ["financier"] },
  { path: "/access", label: "access", icon: <KeyOutlined aria-hidden />, roles: ["financier"] },
  { path: "/trades", label: "trades", icon: <SwapOutlined aria-hidden />, roles: ["supplier", "core_enterprise", "financier"] },
  { path: "/rights", label: "rights", icon: <FundOutlined aria-hidden />, roles: ["supplier", "core_enterprise", "financier"] },
  { path: "/financing/requests", label: "financing", icon: <TransactionOutlined aria-hidden />, roles: ["supplier", "financier"] },
  { path: "/loans", label: "loans", icon: <AccountBookOutlined aria-hidden />, roles: ["supplier", "financier"] },
  { path: "/portfolio", label: "portfolio", icon: <PieChartOutlined aria-hidden />, roles: ["financier"] },
  { path: "/programmes", label: "programmes", icon: <ProfileOutlined aria-hidden />, roles: ["financier"] },
  { path: "/notices", label: "notices", icon: <MailOutlined aria-hidden />, roles: ["supplier", "core_enterprise", "financier"] },
  { path: "/expected", label: "expected", icon: <CalendarOutlined aria-hidden />, roles: ["supplier"] },
  { path: "/obligations", label: "obligations", icon: <CalendarOutlined aria-hidden />, roles: ["core_enterprise"] },
  { path: "/consents", label: "consents", icon: <KeyOutlined aria-hidden />, roles: ["supplier"] },
  { path: "/alerts", label: "alerts", icon: <AlertOutlined aria-hidden />, roles: ["risk_officer"] },
  { path: "/operations", label: "operations", icon: <DashboardOutlined aria-hidden />, roles: ["operator"] },
  { path: "/registry", label: "registry", icon: <LinkOutlined aria-hidden />, roles: ["risk_officer", "operator"] },
  { path: "/organisations", label: "organisations", icon: <BankOutlined aria-hidden />, roles: ["operator"] },
  { path: "/ledger", label: "ledger", icon: <BlockOutlined aria-hidden />, roles: ["supplier", "core_enterprise", "financier", "risk_officer", "operator"] },
  { path: "/verify", label: "verify", icon: <SafetyCertificateOutlined aria-hidden /> },
];

export function navigationFor(roles: readonly Role[]): readonly Item[] {
  return NAVIGATION.filter((item) => !item.roles || item.roles.some((role) => roles.includes(role)));
}
