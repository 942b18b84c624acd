import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { DocumentDetail, DocumentVersion } from "../../api/types";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { pathInWords } from "../../shared/trade/pathWords";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const MAX_CHANGES = 12;

/** Who changed what, when and why; the latest can be taken back by a further version. */
export function Versions({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const list = useList("/api/v1/documents/{id}/versions", {}, { path: { id: row.id }, enabled: row.version > 0 });
  const undo = useMutation({
    mutationFn: (version: DocumentVersion) =>
      data(
        api.POST("/api/v1/documents/{id}/versions", {
          params: { path: { id: row.id } },
          body: { version: version.number, reason: t("versionUndoReason", { n: version.number }), restores: version.number - 1 },
        }),
      ),
    onSuccess: async (saved) => {
      await client.invalidateQueries();
      void message.success(t("versionUndone", { n: saved.version }));
    },
  });
  if (row.version === 0) return null;
  return (
    <Section title={t("versionsTitle")} testId="versions">
      <Loaded query={list} hasData={list.data !== undefined} rows={3}>
        <ol className="versions" reversed>
          {list.rows.map((version) => (
            <li key={version.number} data-testid="version" data-number={version.number}>
              <div className="version-head">
                <strong>{version.number === 0 ? t("versionRead") : t("versionNumber", { n: version.number })}</strong>
                {version.number === row.version && <StatusTag tone="done">{t("versionNow")}</StatusTag>}
                {version.number > 0 && (
                  <span className="meta">
                    {version.by} · <Time value={version.at} />
                  </span>
                )}
                {version.number === row.version && row.allowed_actions.includes("correct") && (
                  <Button size="small" loading={undo.isPending} onClick={() => undo.mutate(version)} data-testid="undo">
                    {t("versionUndo")}
                  </Button>
                )}
              </div>
              {version.reason && <p>{version.reason}</p>}
              {version.restores !== null && <p className="meta">{version.restores === 0 ? t("versionRestoresRead") : t("versionRestores", { n: version.restores })}</p>}
              <Changes version={version} />
            </li>
          ))}
        </ol>
        <InlineFailure error={undo.error} />
      </Loaded>
    </Section>
  );
}

function Changes({ version }: { version: DocumentVersion }) {
  const t = useText(messages);
  const { language } = useLanguage();
  if (version.changes.length === 0) return null;
  const hidden = version.changes.length - MAX_CHANGES;
  return (
    <ul className="version-changes">
      {version.changes.slice(0, MAX_CHANGES).map((change) => (
        <li key={change.path}>
          {pathInWords(change.path, language)}: {change.from !== null && <del>{change.from}</del>} {change.to !== null ? <ins>{change.to}</ins> : <span className="muted">{t("nothingStated")}</span>}
        </li>
      ))}
      {hidden > 0 && <li className="muted">{t("versionMoreChanges", { n: hidden })}</li>}
    </ul>
  );
}
