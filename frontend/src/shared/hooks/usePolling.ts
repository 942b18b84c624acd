import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const EVERY_MS = 5_000;

/** Machines' health sends no events: refresh these resources while the page is open. */
export function usePolling(resources: readonly string[]): void {
  const client = useQueryClient();
  const key = resources.join();
  useEffect(() => {
    const wanted = new Set(key.split(","));
    const timer = setInterval(() => {
      if (!document.hidden) void client.invalidateQueries({ predicate: (query) => wanted.has(String(query.queryKey[0])) });
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [client, key]);
}
