import { useMutation, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, data } from "../../api/client";
import type { ImportDetail, ImportRow } from "../../api/types";
import { replaced } from "./cells";

const WATCH_MS = 1_000;
/** Rows of one document lie together: so many before and after a corrected one may be judged anew with it. */
const AROUND = 50;

/** Looks again every second while the background works: its progress sends no events. */
export function useWatch(busy: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(() => {
      if (!document.hidden) void client.invalidateQueries({ queryKey: ["imports"] });
    }, WATCH_MS);
    return () => clearInterval(timer);
  }, [client, busy]);
}

export interface RowPage {
  results: ImportRow[];
  next: string | null;
}

/** Rows from `start` on; with `wrong` only those that have errors. */
export function fetchRows(id: string, { start, wrong, size }: { start: number; wrong: boolean; size: number }, signal?: AbortSignal): Promise<RowPage> {
  return data(api.GET("/api/v1/imports/{id}/rows", { params: { path: { id }, query: { start, wrong: wrong || undefined, page_size: size } }, signal }));
}

/** Rows have a key of their own: an event about the import must not make a row vanish from under the cursor. */
export const rowsKey = (id: string, ...more: (string | number)[]) => ["import-rows", id, ...more] as const;
const detailKey = (id: string) => ["imports", "/api/v1/imports/{id}", { id }] as const;

type Cached = RowPage | InfiniteData<RowPage, number>;

/** Puts fresh rows in the place of cached ones. */
function patchRows(client: QueryClient, id: string, rows: readonly ImportRow[]): void {
  const fresh = new Map(rows.map((row) => [row.number, row]));
  const patched = (page: RowPage): RowPage => {
    const results = replaced(page.results, fresh);
    return results === page.results ? page : { ...page, results };
  };
  client.setQueriesData<Cached>({ queryKey: rowsKey(id) }, (cached) => {
    if (!cached) return cached;
    return "pages" in cached ? { ...cached, pages: cached.pages.map(patched) } : patched(cached);
  });
}

/** Writes over one cell; the counts and the rows of the same document follow. */
export function useCorrection(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ number, column, value }: { number: number; column: number; value: string }) =>
      data(api.POST("/api/v1/imports/{id}/rows/{number}", { params: { path: { id, number } }, body: { column, value } })),
    onSuccess: ({ row, counts }) => {
      client.setQueryData<ImportDetail>(detailKey(id), (detail) => detail && { ...detail, counts });
      patchRows(client, id, [row]);
      fetchRows(id, { start: Math.max(1, row.number - AROUND), wrong: false, size: 2 * AROUND }).then(
        (page) => patchRows(client, id, page.results),
        () => undefined, // the corrected row itself is here; its neighbours come with the next look
      );
    },
  });
}

/** After an action: what the server says now is what counts. */
export function useAfterAction() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ["imports"] });
}

/** Rows are forgotten with the preview that showed them: the next one may come after another mapping. */
export function useForgetRows(id: string): void {
  const client = useQueryClient();
  useEffect(() => () => client.removeQueries({ queryKey: rowsKey(id) }), [client, id]);
}
