import DownloadOutlined from "@ant-design/icons/DownloadOutlined";
import FilePdfOutlined from "@ant-design/icons/FilePdfOutlined";
import SafetyCertificateOutlined from "@ant-design/icons/SafetyCertificateOutlined";
import { Button } from "antd";
import { useState } from "react";
import { Link, useLocation, useParams } from "react-router";

import { documentUrl } from "../../api/client";
import { useResource, useSession } from "../../api/queries";
import type { DocumentDetail, DocumentLine } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { VerdictTag } from "../../shared/ui/status";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { TaxTag } from "../../shared/ui/TaxTag";
import { TypedIn } from "../../shared/ui/TypedIn";
import { AttachDialog } from "./AttachDialog";
import { CertificateDialog } from "./CertificateDialog";
import { DiscloseDialog } from "./DiscloseDialog";
import "./documents.css";
import { Fields } from "./Fields";
import { Lines } from "./Lines";
import { messages } from "./messages";
import { Neighbours } from "./Neighbours";
import { Preview } from "./Preview";
import { ProofSteps } from "./ProofSteps";
import { TaxPanel } from "./TaxPanel";
import { Versions } from "./Versions";

/** The remark of a file that is a table: its rows can become documents. */
const TABLE = "table";

export default function DocumentPage() {
  const t = useText(messages);
  const code = useCodes();
  const { id = "" } = useParams();
  const query = useResource("/api/v1/documents/{id}", { id });
  const row = query.data;
  const title = row ? (row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename) : t("document");

  return (
    <Page title={title} back={<Neighbours id={id} />} lead={row && <Lead row={row} />} action={row && <Actions row={row} />}>
      <Loaded query={query} hasData={row !== undefined} rows={10}>
        {row && <Body row={row} />}
      </Loaded>
    </Page>
  );
}

function Lead({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  return (
    <span className="tags">
      {row.trade ? (
        <Link to={`/trades/${row.trade.id}`} data-testid="trade-link">
          {row.trade.order_number ? t("orderOf", { number: row.trade.order_number }) : t("provisional")}
        </Link>
      ) : (
        <span>{t("notInTrade")}</span>
      )}
      <TaxTag status={row.tax_status} />
      {row.verdict && <VerdictTag verdict={row.verdict} />}
      {row.typed_in_by && <TypedIn by={row.typed_in_by} />}
    </span>
  );
}

function Actions({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const { search } = useLocation();
  const [dialog, setDialog] = useState<"attach" | "disclose" | "certificate" | null>(null);
  const close = () => setDialog(null);
  const may = (action: DocumentDetail["allowed_actions"][number]) => row.allowed_actions.includes(action);
  return (
    <div className="actions">
      {may("attach") && !row.trade && (
        <Button onClick={() => setDialog("attach")} data-testid="attach-button">
          {t("attach")}
        </Button>
      )}
      {may("correct") && (
        <Link to={`/documents/${row.id}/review${search}`} className="ant-btn ant-btn-default ant-btn-variant-outlined ant-btn-color-default" data-testid="review-link">
          {row.extraction === "attachment" ? t("typeIn") : t("review")}
        </Link>
      )}
      {may("download") && (
        <Button icon={<DownloadOutlined aria-hidden />} href={documentUrl(row.id, "file")} download={row.filename} data-testid="download-file">
          {t("download")}
        </Button>
      )}
      {may("disclose") && (
        <Button onClick={() => setDialog("disclose")} data-testid="disclose-button">
          {t("disclose")}
        </Button>
      )}
      {may("certificate") && (
        <Button icon={<FilePdfOutlined aria-hidden />} onClick={() => setDialog("certificate")} data-testid="certificate-button">
          {t("certificate")}
        </Button>
      )}
      {may("bundle") && (
        <Button
          type="primary"
          icon={<SafetyCertificateOutlined aria-hidden />}
          href={documentUrl(row.id, "bundle")}
          download={`${row.filename}.proof.json`}
          data-testid="download-bundle"
        >
          {t("bundle")}
        </Button>
      )}
      {dialog === "attach" && <AttachDialog document={row} onClose={close} />}
      {dialog === "disclose" && <DiscloseDialog document={row} onClose={close} />}
      {dialog === "certificate" && <CertificateDialog document={row} onClose={close} />}
    </div>
  );
}

function Body({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const roles = session.data?.roles ?? [];
  const askFirst = row.owner.id !== session.data?.organisation?.id && roles.includes("financier");
  return (
    <>
      {(row.duplicate_of || row.attention.length > 0 || row.conflicts.length > 0) && (
        <div className="note note-attention" data-testid="attention">
          <ToneIcon tone="attention" />
          <div>
            {row.attention.filter((item) => item.code !== "duplicate" || !row.duplicate_of).map((item) => (
              <p key={item.code}>
                {code("attention", item.code, item.params, String(item.params.detail ?? ""))}
                {item.code === TABLE && <ImportLink roles={roles} />}
              </p>
            ))}
            {row.duplicate_of && (
              <p>
                {code("attention", "duplicate", { filename: row.duplicate_of.filename })} <Link to={`/documents/${row.duplicate_of.id}`}>{t("seeOriginal")}</Link>{" "}
                <Link to={`/documents/${row.id}/compare/${row.duplicate_of.id}`}>{t("compareTitle")}</Link>
              </p>
            )}
            {row.conflicts.map((other) => (
              <p key={other.id}>
                <Link to={`/documents/${row.id}/compare/${other.id}`} data-testid="compare-link">
                  {t("compareWith", { filename: other.filename })}
                </Link>
              </p>
            ))}
          </div>
        </div>
      )}
      {row.container && (
        <p className="muted" data-testid="container">
          <Link to={`/documents/${row.container.id}`}>{t("fromArchive", { filename: row.container.filename })}</Link>
        </p>
      )}
      {row.media_type === "application/zip" && row.extraction === "attachment" && (
        <p>
          <Link to={`/documents?container=${row.id}`} data-testid="archive-files">{t("filesOfArchive")}</Link>
        </p>
      )}
      <ProofSteps row={row} />
      <div className="halves document-halves">
        <div className="stack">
          <Fields row={row} />
          {row.lines.length > 0 && <Lines lines={row.lines as DocumentLine[]} currency={row.currency} />}
          <TaxPanel row={row} />
          {row.owner.id === session.data?.organisation?.id && <Versions row={row} />}
          {row.remarks.length > 0 && (
            <Section title={t("remarksTitle")}>
              <ul className="stack-tight">
                {row.remarks.map((remark, position) => (
                  <li key={position} data-testid="remark" data-rule={remark.rule}>
                    {code("remark", remark.rule, remark.params, remark.detail)}
                    {remark.rule === TABLE && <ImportLink roles={roles} />}
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
        <Preview id={row.id} filename={row.filename} mediaType={row.media_type} size={row.size} askFirst={askFirst} />
      </div>
    </>
  );
}

function ImportLink({ roles }: { roles: readonly string[] }) {
  const t = useText(messages);
  if (!roles.includes("supplier")) return null;
  return (
    <>
      {" "}
      <Link to="/imports">{t("importTable")}</Link>
    </>
  );
}
