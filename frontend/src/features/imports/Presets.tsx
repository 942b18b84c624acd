import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import type { ImportColumn, ImportDetail, ImportProposal } from "../../api/types";
import { joinNames } from "../../shared/format/join";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Choice } from "../../shared/ui/Filters";
import { InlineFailure } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

const GUESS = "guess";
/** So many headers are named; the table below shows them all. */
const NAMED = 8;

/** The choice has one value for each: a system's code is none of a saved mapping's. */
const valueOf = (proposal: ImportProposal) => (proposal.source === GUESS ? GUESS : `${proposal.source}:${proposal.code}`);

interface Props {
  detail: ImportDetail;
  /** The row that bears the headers, and the columns under it. */
  header: number;
  columns: readonly ImportColumn[];
  onTake: (proposal: ImportProposal) => void;
}

/** Whose words the columns go by: the guess, a system's, or a mapping saved for a partner, which can be forgotten too. */
export function Presets({ detail, header, columns, onTake }: Props) {
  const t = useText(messages);
  const after = useAfterAction();
  const [chosen, setChosen] = useState<string | null>(null);
  const path = "/api/v1/imports/{id}/proposals";
  const found = useQuery({
    queryKey: ["imports", path, { id: detail.id }, header],
    queryFn: ({ signal }) => data(api.GET(path, { params: { path: { id: detail.id }, query: { header_row: header } }, signal })),
  });
  const forget = useMutation({
    mutationFn: (id: string) => api.DELETE("/api/v1/imports/mappings/{id}", { params: { path: { id } } }),
    onSuccess: async () => {
      setChosen(null);
      await after();
    },
  });
  const proposals = found.data?.proposals ?? [];
  const saved = proposals.find((each) => each.source === "saved" && each.name === detail.saved_as);
  const taken = proposals.find((each) => valueOf(each) === chosen);
  const wordFor = (each: ImportProposal) => {
    if (each.source === "saved") return t("presetSaved", { name: each.name });
    if (each.source === "system") return each.name;
    return each.name ? t("presetGuessOf", { system: each.name }) : t("presetGuess");
  };

  return (
    <>
      <Choice
        label={t("preset")}
        value={chosen ?? (saved ? valueOf(saved) : GUESS)}
        any={null}
        options={proposals.length > 0 ? proposals.map((each) => [valueOf(each), wordFor(each)]) : [[GUESS, t("presetGuess")]]}
        onChange={(value) => {
          setChosen(value);
          const proposal = proposals.find((each) => valueOf(each) === value);
          if (proposal) onTake(proposal);
        }}
        testId="preset"
      />
      {taken?.source === "saved" && (
        <Button onClick={() => forget.mutate(taken.code)} loading={forget.isPending} data-testid="forget-mapping">
          {t("forgetMapping")}
        </Button>
      )}
      <InlineFailure error={found.error ?? forget.error} />
      {taken && <Fit proposal={taken} columns={columns} />}
    </>
  );
}

/** What fitted, what did not, and what the table lacks. */
function Fit({ proposal, columns }: { proposal: ImportProposal; columns: readonly ImportColumn[] }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { mapping, source, own, lacking, name } = proposal;
  const placed = Object.keys(mapping.columns).length;
  const held = new Set(Object.values(mapping.columns));
  const left = columns.filter((column) => column.header.trim() && !held.has(column.index)).map((column) => column.header);
  const named = joinNames(left.slice(0, NAMED), language);
  const said = [
    source === "saved" ? t("fitSaved", { placed }) : name ? t("fitSystem", { system: name, own, common: placed - own }) : t("fitCommon", { placed }),
    lacking.length > 0 && t("savedLacks", { headers: joinNames(lacking, language) }),
    left.length > 0 && (left.length > NAMED ? t("fitLeftMore", { headers: named, more: left.length - NAMED }) : t("fitLeft", { headers: named })),
  ].filter((sentence) => sentence !== false);
  const tone = lacking.length + left.length > 0 ? "attention" : "done";
  return (
    <p className={tone === "attention" ? "note note-attention" : "note"} role="status" data-testid="preset-fit" data-placed={placed} data-own={own}>
      <ToneIcon tone={tone} /> {said.join(language === "zh" ? "" : " ")}
    </p>
  );
}
