import { useMutation } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useMemo, useState, type ReactNode } from "react";

import { api, data } from "../../api/client";
import { save } from "../../api/download";
import { useResource } from "../../api/queries";
import type { DisclosableFields, DocumentDetail } from "../../api/types";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { SearchField } from "../../shared/ui/Filters";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { amountAndDate, groupsOf, matching, type Group } from "./disclosure";
import { messages } from "./messages";

const MOST_GROUPS = 60; // an invoice may have thousands of lines; the search reaches them all

/** Pick fields of a document, read what the receiver learns and does not, and download them with their proofs. */
export function DiscloseDialog({ document, onClose }: { document: DocumentDetail; onClose: () => void }) {
  const t = useText(messages);
  const fields = useResource("/api/v1/documents/{id}/fields", { id: document.id });
  return (
    <Modal open title={t("discloseTitle")} onCancel={onClose} footer={null} width={720}>
      <Loaded query={fields} hasData={fields.data !== undefined} rows={8}>
        {fields.data && <Form document={document} found={fields.data} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}

function Form({ document, found, onClose }: { document: DocumentDetail; found: DisclosableFields; onClose: () => void }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const groups = useMemo(() => groupsOf(found.fields, language), [found.fields, language]);
  const shown = matching(groups, search);
  const tooMany = chosen.size > found.limit;

  const choose = (paths: readonly string[], on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      for (const path of paths) on ? next.add(path) : next.delete(path);
      return next;
    });
  const disclose = useMutation({
    mutationFn: () => data(api.POST("/api/v1/documents/{id}/disclosure", { params: { path: { id: document.id } }, body: { paths: found.fields.map((field) => field.path).filter((path) => chosen.has(path)) } })),
    onSuccess: (bundle) => {
      save(new Blob([JSON.stringify(bundle)], { type: "application/json" }), `${document.filename}.disclosure.json`);
      void message.success(t("disclosed", { n: chosen.size }));
      onClose();
    },
  });

  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.size > 0 && !tooMany) disclose.mutate();
      }}
    >
      <p className="muted">{t("discloseText")}</p>
      <div className="disclose-tools">
        <SearchField label={t("search")} value={search} onChange={setSearch} placeholder={t("discloseSearch")} />
        <Button onClick={() => choose(amountAndDate(found.fields), true)} data-testid="disclose-common">
          {t("discloseCommon")}
        </Button>
        <Button disabled={chosen.size === 0} onClick={() => setChosen(new Set())}>
          {t("discloseNone")}
        </Button>
      </div>
      <div className="disclose-list" tabIndex={0} role="group" aria-label={t("discloseTitle")}>
        {shown.length === 0 && <p className="muted">{t("nothingFound")}</p>}
        {shown.slice(0, MOST_GROUPS).map((group) => (
          <GroupOfFields key={group.key} group={group} chosen={chosen} choose={choose} opened={search !== "" || !/\d$/.test(group.key)} />
        ))}
        {shown.length > MOST_GROUPS && <p className="muted">{t("discloseMore", { n: shown.length - MOST_GROUPS })}</p>}
      </div>
      <div className="note note-idle">
        <div>
          <strong>{t("discloseLearnsTitle")}</strong>
          <ul>
            <li>{t("discloseLearns", { count: found.fields.length })}</li>
            <li>{t("discloseLearnsNot")}</li>
            <li>{t("discloseTrail")}</li>
          </ul>
        </div>
      </div>
      <InlineFailure error={disclose.error} />
      <div className="actions end">
        <span className={tooMany ? "refused-text" : "muted"} role="status" data-testid="disclose-count">
          {t("discloseCount", { n: chosen.size, limit: found.limit })}
        </span>
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" htmlType="submit" disabled={chosen.size === 0 || tooMany} loading={disclose.isPending} data-testid="disclose-submit">
          {t("discloseSubmit")}
        </Button>
      </div>
    </form>
  );
}

interface GroupProps {
  group: Group;
  chosen: ReadonlySet<string>;
  choose: (paths: readonly string[], on: boolean) => void;
  opened: boolean;
}

/** One group under a box that picks all of it; lines are closed until asked for. */
function GroupOfFields({ group, chosen, choose, opened }: GroupProps) {
  const t = useText(messages);
  const [toggled, setToggled] = useState(false);
  const open = opened !== toggled;
  const paths = group.fields.map((field) => field.path);
  const picked = paths.filter((path) => chosen.has(path)).length;
  const title = group.title || t("document");
  return (
    <fieldset className="plain-fieldset disclose-group">
      <legend className="sr-only">{title}</legend>
      <div className="disclose-head">
        <Box label={<strong>{title}</strong>} checked={picked === paths.length} some={picked > 0} onChange={(on) => choose(paths, on)} />
        <span className="meta">{t("disclosePicked", { n: picked, all: paths.length })}</span>
        <button type="button" className="link-button" aria-expanded={open} onClick={() => setToggled(!toggled)}>
          {open ? t("discloseFold") : t("discloseUnfold")}
          <span className="sr-only"> {title}</span>
        </button>
      </div>
      {open &&
        group.fields.map((field) => (
          <Box
            key={field.path}
            checked={chosen.has(field.path)}
            onChange={(on) => choose([field.path], on)}
            testId={`field-${field.path}`}
            label={
              <span className="disclose-field">
                <span className="muted">{field.label}</span>
                <span>{field.value || "—"}</span>
              </span>
            }
          />
        ))}
    </fieldset>
  );
}

interface BoxProps {
  label: ReactNode;
  checked: boolean;
  some?: boolean;
  onChange: (on: boolean) => void;
  testId?: string;
}

/** A native checkbox that can also say "some of them". */
function Box({ label, checked, some = false, onChange, testId }: BoxProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = some && !checked;
        }}
        onChange={(event) => onChange(event.target.checked)}
        data-testid={testId}
      />
      {label}
    </label>
  );
}
