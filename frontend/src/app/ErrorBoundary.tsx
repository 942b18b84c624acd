import { Component, type ReactNode } from "react";

import { useText } from "../shared/i18n/LanguageProvider";
import { messages } from "./messages";

/** Catches a failure of rendering, also of a page's code that could not be loaded, and offers ways on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Crash /> : this.props.children;
  }
}

function Crash() {
  const t = useText(messages);
  return (
    <main className="main">
      <div className="empty" role="alert" data-testid="crash">
        <h1>{t("crashTitle")}</h1>
        <p className="muted">{t("crashText")}</p>
        <div className="actions">
          <button type="button" className="plain-button" onClick={() => window.location.reload()}>
            {t("reload")}
          </button>
          <a href="/">{t("goHome")}</a>
        </div>
      </div>
    </main>
  );
}
