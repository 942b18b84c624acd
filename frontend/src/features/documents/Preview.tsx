import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useState } from "react";

import { api, data } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { Pages } from "./Pages";
import { prettyXml } from "./prettyXml";

const MAX_BYTES = 5_000_000;
const MAX_LINES = 3_000;

type Shown = "text" | "pages" | null;

/** XML and text are shown as they are; of what may have pages, the server draws them. */
function shownAs(mediaType: string): Shown {
  if (/xml|^text\/|json|csv/.test(mediaType) && !/openxml|ofd/.test(mediaType)) return "text";
  return /^image\/|pdf|ofd|zip$|octet-stream$/.test(mediaType) && mediaType !== "image/svg+xml" ? "pages" : null;
}

interface Props {
  id: string;
  filename: string;
  mediaType: string;
  size: number;
  /** Opening is a disclosed look: ask before. */
  askFirst: boolean;
  /** As tall as the window allows. */
  tall?: boolean;
}

/** The original file beside its fields. */
export function Preview({ id, filename, mediaType, size, askFirst, tall = false }: Props) {
  const t = useText(messages);
  const [asked, ask] = useState(false);
  const shown = shownAs(mediaType);
  const large = shown === "text" && size > MAX_BYTES;
  return (
    <Section title={t("previewTitle")} note={filename} className={tall ? "preview preview-tall" : "preview"} testId="preview">
      {shown === null ? (
        <p className="muted">{t("previewNone")}</p>
      ) : large ? (
        <p className="muted">{t("previewLarge")}</p>
      ) : askFirst && !asked ? (
        <div className="stack-tight">
          <p className="muted">{t("previewAsk")}</p>
          <div>
            <Button onClick={() => ask(true)}>{t("previewOpen")}</Button>
          </div>
        </div>
      ) : shown === "text" ? (
        <Text id={id} xml={mediaType.includes("xml")} />
      ) : (
        <Pages id={id} title={t("previewOf", { filename })} />
      )}
    </Section>
  );
}

function Text({ id, xml }: { id: string; xml: boolean }) {
  const t = useText(messages);
  const file = useQuery({
    queryKey: ["file", id],
    queryFn: ({ signal }) => data(api.GET("/api/v1/documents/{id}/file", { params: { path: { id } }, parseAs: "blob", signal })),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: (failures, error) => failures < 2 && !(error instanceof ProblemError),
  });
  const [lines, setLines] = useState<string[]>([]);
  const blob = file.data;
  useEffect(() => {
    let current = true;
    void blob?.text().then((text) => {
      if (current) setLines(xml ? prettyXml(text) : text.split("\n"));
    });
    return () => {
      current = false;
    };
  }, [blob, xml]);
  return (
    <Loaded query={file} hasData={blob !== undefined} rows={12}>
      <pre className="file-text" tabIndex={0} data-testid="preview-text">
        {lines.slice(0, MAX_LINES).join("\n")}
      </pre>
      {lines.length > MAX_LINES && <p className="meta">{t("previewCut", { lines: MAX_LINES })}</p>}
    </Loaded>
  );
}
