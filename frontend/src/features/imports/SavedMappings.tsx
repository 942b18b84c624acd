import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";

import { api } from "../../api/client";
import type { SavedMapping } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Choice } from "../../shared/ui/Filters";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** Mappings kept under a partner's name: one is taken over, or forgotten. */
export function SavedMappings({ rows, onTake }: { rows: readonly SavedMapping[]; onTake: (mapping: SavedMapping) => void }) {
  const t = useText(messages);
  const after = useAfterAction();
  const [chosen, setChosen] = useState("");
  const forget = useMutation({
    mutationFn: (id: string) => api.DELETE("/api/v1/imports/mappings/{id}", { params: { path: { id } } }),
    onSuccess: async () => {
      setChosen("");
      await after();
    },
  });
  if (rows.length === 0) return null;
  return (
    <>
      <Choice
        label={t("savedMappings")}
        value={chosen}
        any={t("savedNone")}
        options={rows.map((row) => [row.id, row.name])}
        onChange={(id) => {
          setChosen(id);
          const mapping = rows.find((row) => row.id === id);
          if (mapping) onTake(mapping);
        }}
        testId="saved-mapping"
      />
      {chosen && (
        <Button onClick={() => forget.mutate(chosen)} loading={forget.isPending} data-testid="forget-mapping">
          {t("forgetMapping")}
        </Button>
      )}
      <InlineFailure error={forget.error} />
    </>
  );
}
