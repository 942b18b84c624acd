import { Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { useResource } from "../../api/queries";
import type { ImportDetail } from "../../api/types";
import { joinSentences } from "../../shared/format/join";
import { formatLong } from "../../shared/format/time";
import { useFilters } from "../../shared/hooks/useFilters";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { DiscardDialog } from "./DiscardDialog";
import { ImportButton } from "./ImportButton";
import "./imports.css";
import { ImportTag } from "./ImportTag";
import { MapColumns } from "./MapColumns";
import { messages } from "./messages";
import { Preview } from "./Preview";
import { useWatch } from "./queries";
import { Result } from "./Result";
import { isBusy } from "./stages";
import { Steps } from "./Steps";
import { UndoDialog } from "./UndoDialog";
import { Working } from "./Working";

const FILTERS = ["step", "show"] as const;

export default function ImportPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const query = useResource("/api/v1/imports/{id}", { id });
  const row = query.data;
  const { filters, set } = useFilters(FILTERS);
  const mapping = row?.state === "mapping" || (row?.state === "ready" && filters.step === "map" && row.allowed_actions.includes("map"));
  useWatch(row !== undefined && (isBusy(row.state) || row.filing > 0));

  return (
    <Page
      title={row ? row.filename || t("byRest") : t("import")}
      back={<Link to="/imports">← {t("back")}</Link>}
      lead={row && <Lead row={row} />}
      action={row && <Actions row={row} mapping={mapping} onMap={() => set("step", "map")} />}
    >
      <Loaded query={query} hasData={row !== undefined} rows={10}>
        {row && (
          <>
            {row.state !== "discarded" && <Steps row={row} mapping={mapping} />}
            <Problem row={row} />
            {mapping ? <MapColumns key={row.id} detail={row} onDone={() => set("step", "")} /> : <Body row={row} show={filters.show} onShow={(value) => set("show", value)} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Body({ row, show, onShow }: { row: ImportDetail; show: string; onShow: (value: string) => void }) {
  const t = useText(messages);
  if (isBusy(row.state)) return <Working row={row} />;
  if (row.state === "ready" && row.source) return <Preview row={row} show={show} onShow={onShow} />;
  if (row.state === "failed")
    return (
      <Section title={t("failedTitle")}>
        <p>{t("failedText")}</p>
        <p>
          <Link to="/imports">{t("uploadAgain")}</Link>
        </p>
      </Section>
    );
  if (row.state === "discarded")
    return (
      <section className="card">
        <Empty title={t("discardedTitle")} action={<Link to="/imports">{t("back")}</Link>}>
          {t("discardedText")}
        </Empty>
      </section>
    );
  return <Result row={row} />;
}

function Lead({ row }: { row: ImportDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  return (
    <span className="tags">
      <ImportTag row={row} />
      <span>
        {code("import_kind", row.kind)} · {t("byAt", { who: row.created_by, when: formatLong(row.created_at, language) })}
        {row.sheet && row.sheets.length > 1 && ` · ${t("sheetOf", { sheet: row.sheet })}`}
      </span>
    </span>
  );
}

/** What depends on the batch, by kind, where that is the problem. */
function counts(row: ImportDetail): Record<string, number> | null {
  const { dependents } = row.problem?.params ?? {};
  return typeof dependents === "object" && dependents !== null ? (dependents as Record<string, number>) : null;
}

/** Why the table could not be read, or the batch not be undone. */
function Problem({ row }: { row: ImportDetail }) {
  const code = useCodes();
  const { language } = useLanguage();
  if (!row.problem) return null;
  const what = code("error", row.problem.code, row.problem.params, String(row.problem.params.detail ?? ""));
  const remedy = counts(row) ? "" : code("remedy", row.problem.code, row.problem.params, " ").trim();
  const counted = Object.entries(counts(row) ?? {});
  return (
    <div className="note note-refused" role="alert" data-testid="import-problem" data-code={row.problem.code}>
      <ToneIcon tone="refused" />
      <div>
        <p>{remedy ? joinSentences(what, remedy, language) : what}</p>
        {counted.length > 0 && (
          <ul>
            {counted.map(([what, count]) => (
              <li key={what}>{code("import_dependent", what, { count })}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function Actions({ row, mapping, onMap }: { row: ImportDetail; mapping: boolean; onMap: () => void }) {
  const t = useText(messages);
  const [dialog, setDialog] = useState<"discard" | "undo" | null>(null);
  const may = (action: ImportDetail["allowed_actions"][number]) => row.allowed_actions.includes(action);
  return (
    <div className="actions">
      {may("discard") && (
        <Button onClick={() => setDialog("discard")} data-testid="discard-button">
          {t("discard")}
        </Button>
      )}
      {may("map") && !mapping && (
        <Button onClick={onMap} data-testid="remap-button">
          {t("remap")}
        </Button>
      )}
      {may("import") && !mapping && <ImportButton row={row} />}
      {may("undo") && (
        <Button danger onClick={() => setDialog("undo")} data-testid="undo-button">
          {t("undo")}
        </Button>
      )}
      {dialog === "discard" && <DiscardDialog row={row} onClose={() => setDialog(null)} />}
      {dialog === "undo" && <UndoDialog row={row} onClose={() => setDialog(null)} />}
    </div>
  );
}
