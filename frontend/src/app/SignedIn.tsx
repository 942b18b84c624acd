import type { ReactNode } from "react";
import { Link, Navigate, useLocation } from "react-router";

import { useSession } from "../api/queries";
import type { Role } from "../api/types";
import { useCodes, useText } from "../shared/i18n/LanguageProvider";
import { Page } from "../shared/ui/Page";
import { Failure, Skeleton } from "../shared/ui/states";
import { LiveUpdates } from "./LiveUpdates";
import { messages } from "./messages";
import { Shell } from "./Shell";

/** The frame of everything behind the sign-in; who is not signed in goes to /login and comes back afterwards. */
export function SignedIn() {
  const session = useSession();
  const location = useLocation();

  if (!session.data) {
    return (
      <main className="main">
        {session.isError ? <Failure error={session.error} retry={() => void session.refetch()} /> : <Skeleton rows={8} />}
      </main>
    );
  }
  if (!session.data.authenticated) {
    const here = location.pathname + location.search;
    return <Navigate to={here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`} replace />;
  }
  return (
    <LiveUpdates scope={session.data.person?.id ?? "person"}>{(live) => <Shell session={session.data} live={live} />}</LiveUpdates>
  );
}

export function ForRoles({ roles, children }: { roles: readonly Role[]; children: ReactNode }) {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  if (session.data?.roles.some((role) => roles.includes(role))) return children;
  const names = roles.map((role) => code("role", role)).join(" / ");
  return (
    <Page title={t("notYoursTitle")} lead={t("notYoursText", { roles: names })}>
      <p>
        <Link to="/">{t("goHome")}</Link>
      </p>
    </Page>
  );
}
