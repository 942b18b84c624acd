import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { api, data } from "./client";
import type { paths } from "./schema";

type JsonOf<P> = P extends { get: { responses: { 200: { content: { "application/json": infer Body } } } } } ? Body : never;

/** Addresses that answer GET with JSON. */
export type ResourcePath = { [P in keyof paths]: JsonOf<paths[P]> extends never ? never : P }[keyof paths];
/** Those whose answer is a page of a list. */
export type ListPath = { [P in ResourcePath]: JsonOf<paths[P]> extends { results: unknown[] } ? P : never }[ResourcePath];
export type RowOf<P extends ListPath> = JsonOf<paths[P]> extends { results: (infer Row)[] } ? Row : never;

type Filters = Readonly<Record<string, string>>;
type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;
interface Asked {
  path?: Readonly<Record<string, string>>;
  query?: Query;
}

/** GET of a path known only to the type checker's generics: one cast here instead of one at each call. */
function ask<T>(path: ResourcePath, params: Asked, signal: AbortSignal): Promise<T> {
  const get = api.GET as (path: string, init: object) => Promise<{ data?: T }>;
  return data(get(path, { params, signal }));
}

/** Query keys start with the resource, the segment after /api/v1/, so that an event can invalidate by kind. */
export function resourceOf(path: string): string {
  return path.split("/")[3] ?? path;
}

export const SESSION_KEY = ["session"] as const;

export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => data(api.GET("/api/v1/session", { signal })),
    staleTime: 60_000,
  });
}

/** One resource, for example `useResource("/api/v1/trades/{id}", { id })`; not asked while `enabled` is false. */
export function useResource<P extends ResourcePath>(path: P, params: Readonly<Record<string, string>> = {}, enabled = true, query: Query = {}) {
  return useQuery({
    queryKey: [resourceOf(path), path, params, query],
    queryFn: ({ signal }) => ask<JsonOf<paths[P]>>(path, { path: params, query }, signal),
    enabled,
  });
}

/** The cursor inside a page's `next` link. */
function cursorOf(link: string | null): string | undefined {
  return link ? (new URL(link, window.location.origin).searchParams.get("cursor") ?? undefined) : undefined;
}

interface ListOptions {
  pageSize?: number;
  enabled?: boolean;
  /** What stands in the address's braces. */
  path?: Readonly<Record<string, string>>;
}

/** A cursor-paged list, its pages put together; `filters` that are empty are left out. */
export function useList<P extends ListPath>(path: P, filters: Filters = {}, { pageSize = 50, enabled = true, path: named }: ListOptions = {}) {
  const query = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));
  const result = useInfiniteQuery({
    queryKey: [resourceOf(path), path, "list", { ...named, ...query }, pageSize],
    queryFn: ({ pageParam, signal }) =>
      ask<{ next: string | null; results: RowOf<P>[] }>(path, { path: named, query: { ...query, page_size: pageSize, cursor: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
    enabled,
    placeholderData: keepPreviousData,
  });
  return { ...result, rows: result.data?.pages.flatMap((page) => page.results) ?? [] };
}
