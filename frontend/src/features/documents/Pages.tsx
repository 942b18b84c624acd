import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Skeleton, Failure } from "../../shared/ui/states";
import { messages } from "./messages";

interface Drawn {
  blob: Blob;
  pages: number;
}

/** The pages of a file as the server draws them; "[" and "]" turn them. */
export function Pages({ id, title }: { id: string; title: string }) {
  const t = useText(messages);
  const [number, turn] = useState(1);
  const [large, enlarge] = useState(false);
  const page = useQuery({
    queryKey: ["preview", id, number],
    queryFn: async ({ signal }): Promise<Drawn> => {
      const answer = await api.GET("/api/v1/documents/{id}/preview", { params: { path: { id }, query: { page: number } }, parseAs: "blob", signal });
      return { blob: answer.data as unknown as Blob, pages: Number(answer.response.headers.get("X-Page-Count") ?? 1) };
    },
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.status >= 500,
  });
  const pages = page.data?.pages ?? 1;
  const go = (step: number) => turn((at) => Math.min(pages, Math.max(1, at + step)));
  useHotkeys({ "[": () => go(-1), "]": () => go(1) });
  const url = useObjectUrl(page.data?.blob);

  if (page.isError && page.error instanceof ProblemError && page.error.code === "preview_unsupported") return <p className="muted">{t("previewNone")}</p>;
  if (page.isError) return <Failure error={page.error} retry={() => void page.refetch()} />;
  return (
    <div className="file-pages">
      <div className="page-tools">
        {pages > 1 && (
          <>
            <button type="button" className="link-button" disabled={number <= 1} onClick={() => go(-1)} aria-label={t("pagePrevious")}>
              ←
            </button>
            <span className="meta" role="status">
              {t("pageOf", { page: number, pages })}
            </span>
            <button type="button" className="link-button" disabled={number >= pages} onClick={() => go(1)} aria-label={t("pageNext")}>
              →
            </button>
          </>
        )}
        <button type="button" className="link-button page-zoom" onClick={() => enlarge(!large)} aria-pressed={large}>
          {large ? t("zoomOut") : t("zoomIn")}
        </button>
      </div>
      {url ? (
        <div className="page-frame" tabIndex={0} role="region" aria-label={title}>
          <img src={url} alt={`${title} ${t("pageOf", { page: number, pages })}`} className={large ? "page-image page-large" : "page-image"} data-testid="preview-page" />
        </div>
      ) : (
        <Skeleton rows={12} />
      )}
    </div>
  );
}

function useObjectUrl(blob: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return blob ? url : null;
}
