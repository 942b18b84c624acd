import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ProblemError } from "../api/problem";
import { SESSION_KEY } from "../api/queries";

/** Whether an answer means that the session is over, so that the frame must ask again who is there. */
function signedOut(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 401 || error.code === "not_authenticated");
}

export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (signedOut(error)) void client.invalidateQueries({ queryKey: SESSION_KEY });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // What was taken back, by a revoked consent for example, is forgotten at once.
        if (error instanceof ProblemError && error.withdraws) query.setState({ data: undefined });
        onError(error);
      },
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // Events keep pages fresh; coming back to a tab is no look at somebody's data.
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 502),
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });
  return client;
}
