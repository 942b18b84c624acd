import { useId } from "react";

import type { ImportKind } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Choice } from "../../shared/ui/Filters";
import type { Draft } from "./draft";
import { messages } from "./messages";

interface Props {
  kind: ImportKind;
  draft: Draft;
  onDefault: (field: string, value: string) => void;
  onDraft: (draft: Draft) => void;
}

/** What holds for every row because no column says it, and how the file writes dates and figures. */
export function Constants({ kind, draft, onDefault, onDraft }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const id = useId();
  const stated = (name: string) => name in draft.columns || Boolean(draft.defaults[name]?.trim());
  const either = new Set(kind.either.filter((names) => !names.some(stated)).flat());
  const open = kind.fields.filter((field) => field.constant && !(field.name in draft.columns));
  return (
    <div className="map-constants">
      {open.map((field) => (
        <div key={field.name} className="field-inline">
          <label htmlFor={`${id}${field.name}`}>
            {code("import_field", field.name)}
            {(field.required || either.has(field.name)) && " *"}
          </label>
          <input
            id={`${id}${field.name}`}
            className="input"
            type={field.type === "date" ? "date" : "text"}
            maxLength={500}
            value={draft.defaults[field.name] ?? ""}
            onChange={(event) => onDefault(field.name, event.target.value)}
            data-testid={`default-${field.name}`}
          />
        </div>
      ))}
      <Choice
        label={t("dateOrder")}
        value={draft.dateOrder}
        any={draft.dateOrder === "" ? t("dateOpen") : null}
        options={[
          ["ymd", t("dateYmd")],
          ["dmy", t("dateDmy")],
          ["mdy", t("dateMdy")],
        ]}
        onChange={(value) => onDraft({ ...draft, dateOrder: value as Draft["dateOrder"] })}
        wanted={draft.dateOrder === ""}
        testId="date-order"
      />
      <Choice
        label={t("decimalMark")}
        value={draft.decimalMark}
        any={null}
        options={[
          [".", t("markPoint")],
          [",", t("markComma")],
        ]}
        onChange={(value) => onDraft({ ...draft, decimalMark: value as Draft["decimalMark"] })}
      />
    </div>
  );
}
