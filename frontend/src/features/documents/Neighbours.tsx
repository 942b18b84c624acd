import { useEffect } from "react";
import { Link, useNavigate } from "react-router";

import { useList } from "../../api/queries";
import type { Document } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DOCUMENT_FILTERS } from "./filters";
import { messages } from "./messages";

/** Back to the list, and to the previous and next document within the list as it was filtered. */
export function Neighbours({ id }: { id: string }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const { filters, search } = useFilters(DOCUMENT_FILTERS);
  const list = useList("/api/v1/documents", filters);
  const at = list.rows.findIndex((row) => row.id === id);
  const previous = at > 0 ? list.rows[at - 1] : undefined;
  const next = at >= 0 ? list.rows[at + 1] : undefined;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;

  useEffect(() => {
    if (at >= 0 && at === list.rows.length - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, list.rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const go = (row: Document | undefined) => {
    if (row) void navigate(`/documents/${row.id}${search}`);
  };
  useHotkeys({ j: () => go(next), k: () => go(previous) });

  return (
    <>
      <Link to={`/documents${search}`}>← {t("back")}</Link>
      <span className="actions">
        {previous && (
          <Link to={`/documents/${previous.id}${search}`} rel="prev" data-testid="previous">
            ↑ {t("previous")} <kbd>k</kbd>
          </Link>
        )}
        {next && (
          <Link to={`/documents/${next.id}${search}`} rel="next" data-testid="next">
            ↓ {t("next")} <kbd>j</kbd>
          </Link>
        )}
      </span>
    </>
  );
}
