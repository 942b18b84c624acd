import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { ImportChoices, ImportColumn, ImportDetail, ImportKind, ImportProposal, ImportRow } from "../../api/types";
import { joinNames } from "../../shared/format/join";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Choice } from "../../shared/ui/Filters";
import { Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { ColumnTable } from "./ColumnTable";
import { Constants } from "./Constants";
import { bodyOf, draftOf, missingOf, withDefault, withField, withUnit, type Draft } from "./draft";
import { messages } from "./messages";
import { Presets } from "./Presets";
import { fetchRows, rowsKey } from "./queries";
import { SheetChoice } from "./SheetChoice";

/** So many first rows can bear the headers. */
const HEAD = 30;
const SAMPLES = 3;

export function MapColumns({ detail, onDone }: { detail: ImportDetail; onDone: () => void }) {
  const choices = useResource("/api/v1/imports/choices");
  const head = useQuery({
    queryKey: rowsKey(detail.id, "head"),
    queryFn: ({ signal }) => fetchRows(detail.id, { start: 1, wrong: false, size: HEAD + SAMPLES }, signal),
    staleTime: Infinity,
  });
  const kind = choices.data?.kinds.find((each) => each.kind === detail.kind);
  return (
    <Loaded query={choices.isError ? choices : head} hasData={kind !== undefined && head.data !== undefined} rows={10}>
      {kind && head.data && choices.data && <Form detail={detail} kind={kind} choices={choices.data} head={head.data.results} onDone={onDone} />}
    </Loaded>
  );
}

/** The columns as the row numbered `header` names them, with what stands below it. */
function columnsUnder(header: number, head: readonly ImportRow[], detail: ImportDetail): readonly ImportColumn[] {
  if (header === detail.header_row) return detail.columns;
  const names = head.find((row) => row.number === header)?.cells ?? [];
  const below = head.filter((row) => row.number > header).slice(0, SAMPLES);
  return names.map((name, index) => ({ index, header: name, field: null, unit: null, samples: below.map((row) => row.cells[index] ?? "") }));
}

interface FormProps {
  detail: ImportDetail;
  kind: ImportKind;
  choices: ImportChoices;
  head: readonly ImportRow[];
  onDone: () => void;
}

function Form({ detail, kind, choices, head, onDone }: FormProps) {
  const t = useText(messages);
  const code = useCodes();
  const id = useId();
  const { language } = useLanguage();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => draftOf(detail));
  const [guess, setGuess] = useState<Draft>(draft);
  const [header, setHeader] = useState(detail.header_row ?? 1);
  const [keep, setKeep] = useState(false);
  const [name, setName] = useState(detail.saved_as);
  const columns = columnsUnder(header, head, detail);
  const missing = missingOf(draft, kind);
  const fieldWord = (field: string) => code("import_field", field);
  const either = language === "zh" ? "或" : " or ";
  const system = choices.systems.find((each) => each.code === detail.system)?.name;

  const send = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/imports/{id}/mapping", {
          params: { path: { id: detail.id } },
          body: { ...bodyOf(draft), header_row: header, ...(keep && name.trim() && { save_as: name.trim() }) },
        }),
      ),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: ["imports"] });
    },
  });

  const take = (proposal: ImportProposal) => {
    const proposed = draftOf(proposal);
    setDraft(proposed);
    setGuess(proposed);
    if (proposal.source === "saved") setName(proposal.name);
  };

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing.length === 0) send.mutate();
      }}
    >
      <Section title={t("mapTitle")} note={detail.saved_as ? t("mappedAs", { name: detail.saved_as }) : system ? t("guessedBySystem", { system }) : t("guessedByWords")} testId="map-columns">
        <div className="filters map-tools">
          <SheetChoice detail={detail} />
          <Choice
            label={t("headerRow")}
            value={String(header)}
            any={null}
            options={head.slice(0, HEAD).map((row) => [String(row.number), t("headerRowOf", { row: row.number, text: joinNames(row.cells.filter(Boolean).slice(0, 4), language) || t("emptyRow") })])}
            onChange={(value) => {
              setHeader(Number(value));
              setDraft({ ...draft, units: {} });
            }}
            testId="header-row"
          />
          <Presets key={header} detail={detail} header={header} columns={columns} onTake={take} />
        </div>
        <ColumnTable
          columns={columns}
          kind={kind}
          draft={draft}
          guess={guess}
          onField={(column, field, unit) => setDraft(withField(draft, column, field, unit))}
          onUnit={(field, unit) => setDraft(withUnit(draft, field, unit))}
        />
      </Section>
      <Section title={t("constantsTitle")} note={t("constantsNote")}>
        <Constants kind={kind} draft={draft} onDefault={(field, value) => setDraft(withDefault(draft, field, value))} onDraft={setDraft} />
      </Section>
      <section className="card map-end">
        <p data-testid="map-missing" data-missing={missing.flat().join(" ")} role="status">
          {missing.length > 0 ? (
            <span className="attention-text">
              <ToneIcon tone="attention" /> {t("missingFields", { fields: joinNames(missing.map((names) => names.map(fieldWord).join(either)), language) })}
            </span>
          ) : (
            <>
              <ToneIcon tone="done" /> {t("nothingMissing")}
            </>
          )}
        </p>
        <div className="map-keep">
          <label className="check">
            <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} data-testid="map-keep" />
            <span>{t("keepMapping")}</span>
          </label>
          {keep && (
            <div className="field-inline grow">
              <label htmlFor={`${id}name`}>{t("keepName")}</label>
              <input id={`${id}name`} className="input" maxLength={100} value={name} placeholder={t("keepHint")} onChange={(event) => setName(event.target.value)} data-testid="map-name" />
            </div>
          )}
        </div>
        <InlineFailure error={send.error} />
        <div className="actions end">
          {detail.state === "ready" && <Button onClick={onDone} data-testid="map-back">{t("mapBack")}</Button>}
          <Button type="primary" htmlType="submit" disabled={missing.length > 0 || (keep && !name.trim())} loading={send.isPending} data-testid="map-submit">
            {t("mapSubmit", { rows: Math.max(0, detail.counts.rows - header).toLocaleString("en") })}
          </Button>
        </div>
      </section>
    </form>
  );
}
