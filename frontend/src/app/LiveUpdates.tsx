import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { subscribe } from "../api/live";

/** Which resources an event makes stale: the first path segments of their query keys. */
const STALE: Readonly<Record<string, readonly string[]>> = {
  document: ["documents", "trades", "confirmations", "home", "ledger"],
  trade: ["trades", "confirmations", "documents", "home"],
  right: ["trades", "confirmations", "home"],
  confirmation: ["confirmations", "trades", "documents", "home"],
  access_request: ["access-requests", "home"],
  grant: ["grants", "access-requests", "trades", "documents", "suppliers", "home"],
  access: ["accesses", "grants"],
  alert: ["alerts", "home"],
  import: ["imports", "documents", "trades", "home"],
};
const LIVE = new Set([...Object.values(STALE).flat(), "operations", "jobs"]);

const COALESCE_MS = 150;
const POLL_MS = 5_000;
/** The stream gets this long to open before polling is said to replace it. */
const GRACE_MS = 4_000;

/** Keeps what is on the screen fresh: by events while the stream is up, by polling while it is down. No scope, nothing to hear. */
export function LiveUpdates({ scope, children }: { scope: string | null; children: (live: boolean) => ReactNode }) {
  const client = useQueryClient();
  const [up, setUp] = useState(true);
  const due = useRef(new Set<string>());

  useEffect(() => {
    if (scope === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    const grace = setTimeout(() => {
      if (!opened) setUp(false);
    }, GRACE_MS);

    const refresh = (resources: readonly string[]) => {
      for (const resource of resources) due.current.add(resource);
      timer ??= setTimeout(() => {
        timer = undefined;
        const stale = due.current;
        due.current = new Set();
        void client.invalidateQueries({ predicate: (query) => stale.has(String(query.queryKey[0])) });
      }, COALESCE_MS);
    };

    const close = subscribe(scope, {
      onEvent: (event) => refresh(STALE[event.kind] ?? []),
      onStatus: (state) => {
        if (state && opened) refresh([...LIVE]); // events were lost while the stream was down
        opened ||= state;
        setUp(state);
      },
    });
    return () => {
      close();
      clearTimeout(timer);
      clearTimeout(grace);
    };
  }, [client, scope]);

  useEffect(() => {
    if (up) return;
    const timer = setInterval(() => {
      void client.invalidateQueries({ predicate: (query) => LIVE.has(String(query.queryKey[0])) });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [client, up]);

  return children(up);
}
