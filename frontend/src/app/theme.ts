import type { ThemeConfig } from "antd";

/** UX tokens for antd; the same values stand in styles/tokens.css. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#155E75",
    colorLink: "#155E75",
    colorLinkHover: "#0E4A5D",
    colorInfo: "#1E40AF",
    colorSuccess: "#166534",
    colorWarning: "#92400E",
    colorError: "#991B1B",
    colorText: "#0F172A",
    colorTextSecondary: "#475569",
    colorTextDescription: "#475569",
    colorTextPlaceholder: "#5B6B82",
    colorBorder: "#7C8BA1",
    colorBorderSecondary: "#E2E8F0",
    colorBgLayout: "#F8FAFC",
    colorBgContainer: "#FFFFFF",
    borderRadius: 6,
    fontSize: 14,
    fontFamily: "var(--font)",
    fontFamilyCode: "var(--mono)",
    motion: false,
  },
};
