import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";

import { useList, useResource, useSession } from "../../../api/queries";
import type { DocumentDetail } from "../../../api/types";
import { useFilters } from "../../../shared/hooks/useFilters";
import { useCodes, useText } from "../../../shared/i18n/LanguageProvider";
import { usePageTitle } from "../../../shared/ui/Page";
import { Loaded } from "../../../shared/ui/states";
import { DOCUMENT_FILTERS } from "../filters";
import { Desk } from "./Desk";
import { messages } from "./messages";
import "./review.css";

export interface Queue {
  search: string;
  at: number;
  count: number;
  previous: string | null;
  next: string | null;
}

/** The queue that the list's filters make, around one document; a settled one that left it has the first of the rest after it. */
function useQueue(id: string): Queue {
  const { filters, search } = useFilters(DOCUMENT_FILTERS);
  const list = useList("/api/v1/documents", filters);
  // A document that leaves the queue by being put right keeps its place, so that "next" is what followed it.
  const [place, setPlace] = useState({ id, at: -1 });
  const found = list.rows.findIndex((row) => row.id === id);
  const at = found >= 0 ? found : place.id === id ? place.at : -1;
  useEffect(() => {
    if (found >= 0) setPlace({ id, at: found });
  }, [id, found]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (at >= 0 && at >= list.rows.length - 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, list.rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const address = (row: { id: string } | undefined) => (row && row.id !== id ? `/documents/${row.id}/review${search}` : null);
  return {
    search,
    at,
    count: list.rows.length,
    previous: at > 0 ? address(list.rows[at - 1]) : null,
    next: address(list.rows[found >= 0 ? found + 1 : Math.max(at, 0)]),
  };
}

export default function ReviewPage() {
  const t = useText(messages);
  const code = useCodes();
  const { id = "" } = useParams();
  const query = useResource("/api/v1/documents/{id}", { id });
  const queue = useQueue(id);
  const own = useSession().data?.organisation?.id;
  const row: DocumentDetail | undefined = query.data;
  usePageTitle(row ? (row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename) : t("title"));
  return (
    <div className="page desk-page">
      <Loaded query={query} hasData={row !== undefined} rows={12}>
        {row && <Desk key={row.id} row={row} queue={queue} own={row.owner.id === own} />}
      </Loaded>
      {!row && (
        <p>
          <Link to={`/documents${queue.search}`}>← {t("back")}</Link>
        </p>
      )}
    </div>
  );
}
