import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";

import { api, data } from "../../../api/client";
import type { DocumentDetail } from "../../../api/types";
import { bodyOf, draftOf, isChanged, withField, type Draft } from "./draft";

interface Kept {
  draft: Draft;
  version: number;
}

/** Drafts that were left by the browser's own back: in this page's memory alone, gone with it. */
const KEPT = new Map<string, Kept>();

/** The draft of a document, kept while one looks elsewhere, and how to save it over the version that it was made from. */
export function useDraft(row: DocumentDetail) {
  const client = useQueryClient();
  const [kept, setKept] = useState<Kept>(() => KEPT.get(row.id) ?? { draft: draftOf(row), version: row.version });
  const [restored, setRestored] = useState(KEPT.has(row.id));
  const dirty = useMemo(() => isChanged(kept.draft, row), [kept.draft, row]);

  // What was read meanwhile replaces a draft that nobody has touched.
  const untouched = !KEPT.has(row.id);
  useEffect(() => {
    if (untouched) setKept({ draft: draftOf(row), version: row.version });
  }, [row, untouched]);

  const setDraft = useCallback(
    (draft: Draft) =>
      setKept((before) => {
        const next = { ...before, draft };
        if (isChanged(draft, row)) KEPT.set(row.id, next);
        else KEPT.delete(row.id);
        return next;
      }),
    [row],
  );
  const put = useCallback(
    (path: string, value: string) =>
      setKept((before) => {
        const next = { ...before, draft: withField(before.draft, path, value) };
        if (isChanged(next.draft, row)) KEPT.set(row.id, next);
        else KEPT.delete(row.id);
        return next;
      }),
    [row],
  );
  const discard = useCallback(() => {
    KEPT.delete(row.id);
    setRestored(false);
    setKept({ draft: draftOf(row), version: row.version });
  }, [row]);

  const save = useMutation({
    mutationFn: (reason: string) =>
      data(
        api.POST("/api/v1/documents/{id}/versions", {
          params: { path: { id: row.id } },
          body: { version: row.version, reason, ...bodyOf(kept.draft) } as never, // a draft's texts; the server says what is none of its words
        }),
      ) as Promise<DocumentDetail>,
    onSuccess: async (saved) => {
      KEPT.delete(row.id);
      setRestored(false);
      setKept({ draft: draftOf(saved), version: saved.version });
      await client.invalidateQueries();
    },
  });
  return { draft: kept.draft, basedOn: kept.version, dirty, restored: restored && dirty, put, setDraft, discard, save };
}
