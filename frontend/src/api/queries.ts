import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { cursorOf, get } from "./client";
import type { Page, Session } from "./types";

/** Query keys start with the resource's first path segment, so that an event can invalidate by kind. */
export const SESSION_KEY = ["session"] as const;

export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => get<Session>("session", {}, signal),
    staleTime: 60_000,
  });
}

function keyOf(path: string): string[] {
  return path.split("/").filter(Boolean);
}

/** One resource, for example `useResource<Home>("home")`. A null path waits. */
export function useResource<T>(path: string | null, query: Record<string, string> = {}) {
  return useQuery({
    queryKey: [...keyOf(path ?? "none"), query],
    queryFn: ({ signal }) => get<T>(path ?? "", query, signal),
    enabled: path !== null,
  });
}

/** A cursor-paged list, flattened; `query` holds its filters. */
export function useList<T>(path: string | null, query: Record<string, string> = {}, pageSize = 50) {
  const result = useInfiniteQuery({
    queryKey: [...keyOf(path ?? "none"), "list", query],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path ?? "", { ...query, page_size: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
    enabled: path !== null,
    placeholderData: keepPreviousData,
  });
  return { ...result, rows: result.data?.pages.flatMap((page) => page.results) ?? [] };
}
