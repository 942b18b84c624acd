import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useState } from "react";

import { api, data } from "../../api/client";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { prettyXml } from "./prettyXml";

const MAX_BYTES = 5_000_000;
const MAX_LINES = 3_000;

type Shown = "text" | "image" | "pdf" | null;

function shownAs(mediaType: string): Shown {
  if (/xml|^text\/|json/.test(mediaType)) return "text";
  if (/^image\/(png|jpeg|gif|webp)$/.test(mediaType)) return "image";
  return mediaType === "application/pdf" ? "pdf" : null;
}

interface Props {
  id: string;
  filename: string;
  mediaType: string;
  size: number;
  /** Opening is a disclosed look: ask before. */
  askFirst: boolean;
}

/** The original file beside its fields. */
export function Preview({ id, filename, mediaType, size, askFirst }: Props) {
  const t = useText(messages);
  const [asked, ask] = useState(false);
  const shown = shownAs(mediaType);
  const wanted = shown !== null && size <= MAX_BYTES && (!askFirst || asked);
  const file = useQuery({
    queryKey: ["file", id],
    queryFn: ({ signal }) => data(api.GET("/api/v1/documents/{id}/file", { params: { path: { id } }, parseAs: "blob", signal })),
    enabled: wanted,
    staleTime: Infinity,
    gcTime: 60_000,
  });

  return (
    <Section title={t("previewTitle")} note={filename} className="preview" testId="preview">
      {shown === null ? (
        <p className="muted">{t("previewNone")}</p>
      ) : size > MAX_BYTES ? (
        <p className="muted">{t("previewLarge")}</p>
      ) : !wanted ? (
        <div className="stack-tight">
          <p className="muted">{t("previewAsk")}</p>
          <div>
            <Button onClick={() => ask(true)}>{t("previewOpen")}</Button>
          </div>
        </div>
      ) : (
        <Loaded query={file} hasData={file.data !== undefined} rows={12}>
          {file.data && (shown === "text" ? <Text blob={file.data} xml={mediaType.includes("xml")} /> : <Framed blob={file.data} kind={shown} mediaType={mediaType} title={t("previewOf", { filename })} />)}
        </Loaded>
      )}
    </Section>
  );
}

function Text({ blob, xml }: { blob: Blob; xml: boolean }) {
  const t = useText(messages);
  const [lines, setLines] = useState<string[]>([]);
  useEffect(() => {
    let current = true;
    void blob.text().then((text) => {
      if (current) setLines(xml ? prettyXml(text) : text.split("\n"));
    });
    return () => {
      current = false;
    };
  }, [blob, xml]);
  return (
    <>
      <pre className="file-text" tabIndex={0} data-testid="preview-text">
        {lines.slice(0, MAX_LINES).join("\n")}
      </pre>
      {lines.length > MAX_LINES && <p className="meta">{t("previewCut", { lines: MAX_LINES })}</p>}
    </>
  );
}

function Framed({ blob, kind, mediaType, title }: { blob: Blob; kind: "image" | "pdf"; mediaType: string; title: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    // The type is ours, by the file's first bytes: a file cannot make itself a page.
    const made = URL.createObjectURL(new Blob([blob], { type: mediaType }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob, mediaType]);
  if (!url) return null;
  return kind === "image" ? <img src={url} alt={title} className="file-image" /> : <iframe src={url} title={title} className="file-frame" />;
}
