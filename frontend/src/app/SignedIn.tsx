import { Navigate, useLocation } from "react-router";

import { useSession } from "../api/queries";
import { Failure, Skeleton } from "../shared/ui/states";
import { LiveUpdates } from "./LiveUpdates";
import { Shell } from "./Shell";

/** The frame of everything behind the sign-in; who is not signed in goes to /login and comes back afterwards. */
export default function SignedIn() {
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
    <LiveUpdates scope={session.data.organisation && (session.data.person?.id ?? "")}>{(live) => <Shell session={session.data} live={live} />}</LiveUpdates>
  );
}
