/** The rows of the preview as a list that knows its length; pages come as they scroll into sight. */
import { useInfiniteQuery, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { ImportRow } from "../../api/types";
import { fetchRows, rowsKey } from "./queries";
import { pagesOf, type Range } from "./windowing";

const PAGE = 100;
/** So many rows before the end of what is here, the next page is fetched. */
const AHEAD = 40;

export interface RowSource {
  count: number;
  isPending: boolean;
  error: unknown;
  retry: () => void;
  /** Undefined while it is on its way. */
  rowAt: (index: number) => ImportRow | undefined;
  /** Where the row with this number is, once it is here; null when it is not among these. */
  reveal: (number: number) => Promise<number | null>;
  /** What is in sight, and the row that has the focus, which stays in the page wherever it is. */
  onRange: (range: Range, focused: number) => void;
}

/** Every row; any page can be asked for at once, for the numbers have no gaps. */
export function useAllRows(id: string, count: number): RowSource {
  const [pages, setPages] = useState<readonly number[]>([0]);
  const onRange = useCallback((range: Range, focused: number) => {
    const wanted = [...new Set([...pagesOf(range, PAGE), Math.floor(focused / PAGE)])];
    setPages((before) => (before.join() === wanted.join() ? before : wanted));
  }, []);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: rowsKey(id, "all", page),
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchRows(id, { start: page * PAGE + 1, wrong: false, size: PAGE }, signal),
      staleTime: Infinity,
    })),
  });
  const here = new Map(pages.map((page, position) => [page, results[position]?.data]));
  const failed = results.find((result) => result.isError);
  return {
    count,
    isPending: results.length > 0 && results.every((result) => result.isPending),
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
    rowAt: (index) => here.get(Math.floor(index / PAGE))?.results[index % PAGE],
    reveal: (number) => Promise.resolve(number >= 1 && number <= count ? number - 1 : null),
    onRange,
  };
}

/** Rows with errors, as they were when the filter was set: one that is corrected stays, marked as such, until it is set anew. */
export function useWrongRows(id: string): RowSource {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: rowsKey(id, "wrong"),
    queryFn: ({ pageParam, signal }) => fetchRows(id, { start: pageParam, wrong: true, size: PAGE }, signal),
    initialPageParam: 1,
    getNextPageParam: (page) => (page.next ? (page.results.at(-1)?.number ?? 0) + 1 : undefined),
    staleTime: Infinity,
  });
  useEffect(() => () => client.removeQueries({ queryKey: rowsKey(id, "wrong") }), [client, id]);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;

  const onRange = useCallback(
    (range: Range) => {
      if (hasNextPage && !isFetchingNextPage && range.to >= rows.length - AHEAD) void fetchNextPage();
    },
    [hasNextPage, isFetchingNextPage, fetchNextPage, rows.length],
  );
  const reveal = async (number: number) => {
    let known = rows;
    let more = hasNextPage;
    while (more && (known.at(-1)?.number ?? 0) < number) {
      const result = await fetchNextPage();
      known = result.data?.pages.flatMap((page) => page.results) ?? [];
      more = result.hasNextPage && !result.isError;
    }
    const index = known.findIndex((row) => row.number === number);
    return index < 0 ? null : index;
  };
  return {
    count: rows.length,
    isPending: query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
    rowAt: (index) => rows[index],
    reveal,
    onRange,
  };
}
