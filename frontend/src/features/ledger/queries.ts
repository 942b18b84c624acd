import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, data } from "../../api/client";
import type { Document, LedgerRecord } from "../../api/types";

const MOST = 100; // ids in one question

/** What the text names: records of one's own, checkpoints, anchors. Not asked while the text is empty. */
export function useLedgerSearch(text: string) {
  return useQuery({
    queryKey: ["ledger", "/api/v1/ledger/search", text],
    queryFn: ({ signal }) => data(api.GET("/api/v1/ledger/search", { params: { query: { q: text } }, signal })),
    enabled: text !== "",
  });
}

/** The documents that records are about, by id: the ledger itself knows no names. Those one may not see are missing. */
export function useSubjects(records: readonly LedgerRecord[]): ReadonlyMap<string, Document> {
  const ids = [...new Set(records.filter((record) => record.subject.kind === "document").map((record) => record.subject.id))].sort();
  const asked = useQuery({
    queryKey: ["documents", "/api/v1/documents", "ids", ids],
    queryFn: async ({ signal }) => {
      const parts = Array.from({ length: Math.ceil(ids.length / MOST) }, (_, part) => ids.slice(part * MOST, (part + 1) * MOST));
      const pages = await Promise.all(parts.map((part) => data(api.GET("/api/v1/documents", { params: { query: { ids: part, page_size: MOST } }, signal }))));
      return new Map(pages.flatMap((page) => page.results).map((row) => [row.id, row]));
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  return asked.data ?? new Map();
}
