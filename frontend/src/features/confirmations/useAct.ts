import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";

/** A write at the desk: afterwards everything is asked anew, and `said` is said. */
export function useAct<V = void>(write: (value: V) => Promise<unknown>, said?: string, done?: () => void) {
  const client = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: write,
    onSuccess: async () => {
      if (said) void message.success(said);
      done?.();
      await client.invalidateQueries();
    },
  });
}
