import { QueryClientProvider } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect, useState } from "react";
import { BrowserRouter } from "react-router";

import { onSessionNews } from "../api/sessionNews";
import { LanguageProvider, useLanguage } from "../shared/i18n/LanguageProvider";
import { ErrorBoundary } from "./ErrorBoundary";
import { createQueryClient } from "./queryClient";
import { AppRoutes } from "./routes";
import { theme } from "./theme";

function Themed() {
  const { language } = useLanguage();
  return (
    <ConfigProvider theme={theme} locale={language === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <ErrorBoundary>
        <BrowserRouter>
          <AppRoutes />
        </BrowserRouter>
      </ErrorBoundary>
    </ConfigProvider>
  );
}

export function App() {
  const [client] = useState(createQueryClient);
  useEffect(() => onSessionNews(() => void client.resetQueries()), [client]);
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <Themed />
      </LanguageProvider>
    </QueryClientProvider>
  );
}
