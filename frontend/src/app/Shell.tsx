import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App as Feedback } from "antd";
import { NavLink, Outlet, useNavigate } from "react-router";

import { signOut } from "../api/client";
import { SESSION_KEY } from "../api/queries";
import { announceSession } from "../api/sessionNews";
import type { Session } from "../api/types";
import { useCodes, useLanguage, useText } from "../shared/i18n/LanguageProvider";
import { Brand } from "./Brand";
import { DemoSwitch } from "./DemoSwitch";
import { LanguageSwitch } from "./LanguageSwitch";
import { messages } from "./messages";
import { navigationFor } from "./navigation";
import { useFocusOnNavigation } from "./useFocusOnNavigation";
import { useShownInNavigation } from "./useShownInNavigation";

/** Navigation, top bar and the page. */
export function Shell({ session, live }: { session: Session; live: boolean }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const main = useFocusOnNavigation();
  const places = useShownInNavigation();
  const organisation = session.organisation;
  const name = organisation ? (language === "en" && organisation.name_en) || organisation.name : t("noOrganisation");
  const roles = session.roles.map((role) => code("role", role)).join(" · ");

  return (
    <Feedback component={false}>
      <div className="frame">
        <a href="#main" className="skip">
          {t("skip")}
        </a>
        <header className="top">
          <Brand />
          <div className="top-organisation" data-testid="organisation">
            <strong>{name}</strong>
            <span className="meta">
              {session.person?.name}
              {roles && ` · ${roles}`}
            </span>
          </div>
          <div className="top-tools">
            {session.demo && session.demo_accounts.length > 0 && <DemoSwitch accounts={session.demo_accounts} current={session.person?.username ?? ""} />}
            <LanguageSwitch />
            <SignOut />
          </div>
        </header>
        <nav className="side" aria-label={t("navigation")}>
          <ul ref={places}>
            {navigationFor(session.roles).map((item) => (
              <li key={item.path} className={item.path === "/verify" ? "apart" : undefined}>
                <NavLink to={item.path} end={item.path === "/"}>
                  {item.icon}
                  <span>{t(item.label)}</span>
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main" ref={main} className="main" tabIndex={-1}>
          {!live && (
            <p className="offline" role="status">
              {t("offline")}
            </p>
          )}
          <Outlet />
        </main>
      </div>
    </Feedback>
  );
}

function SignOut() {
  const t = useText(messages);
  const client = useQueryClient();
  const navigate = useNavigate();
  const out = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate("/login");
      client.clear();
      announceSession();
      await client.invalidateQueries({ queryKey: SESSION_KEY });
    },
  });
  return (
    <button type="button" className="plain-button" disabled={out.isPending} onClick={() => out.mutate()} data-testid="sign-out">
      {t("signOut")}
    </button>
  );
}
