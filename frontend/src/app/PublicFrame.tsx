import { Link, Outlet, useLocation } from "react-router";

import { useText } from "../shared/i18n/LanguageProvider";
import { Brand } from "./Brand";
import { LanguageSwitch } from "./LanguageSwitch";
import { messages } from "./messages";
import { useFocusOnNavigation } from "./useFocusOnNavigation";

/** The frame of the pages that need no account. */
export function PublicFrame() {
  const t = useText(messages);
  const { pathname } = useLocation();
  const main = useFocusOnNavigation();
  return (
    <div className="public">
      <a href="#main" className="skip">
        {t("skip")}
      </a>
      <header className="top">
        <Brand />
        <div className="top-organisation" />
        <nav className="top-tools" aria-label={t("navigation")}>
          {pathname === "/verify" ? <Link to="/login">{t("signIn")}</Link> : <Link to="/verify">{t("verify")}</Link>}
          <LanguageSwitch />
        </nav>
      </header>
      <main id="main" ref={main} className="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
