import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";

import { useText } from "../i18n/LanguageProvider";
import { words } from "../ui/words";

/** Something done on the server, after which everything shown is asked for anew. */
export function useAct<Input = void>(act: (input: Input) => Promise<unknown>, onDone?: () => void) {
  const t = useText(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await client.invalidateQueries();
      void message.success(t("done"));
      onDone?.();
    },
  });
}
