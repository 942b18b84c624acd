import { useEffect, useState, type ComponentType, type ReactNode } from "react";

/**
 * A component whose code is fetched when it is first shown, `meanwhile` standing in its place.
 *
 * Not by Suspense: React keeps what follows a fallback back until 300 ms after the one before, twice at every page load.
 * A failure to fetch reaches the error boundary; the next time the component is shown it is tried again.
 */
export function onDemand(load: () => Promise<{ default: ComponentType }>, meanwhile: ReactNode = null): ComponentType {
  let Fetched: ComponentType | undefined;
  return function OnDemand() {
    const [failure, setFailure] = useState<unknown>();
    const [, setFetched] = useState(Fetched !== undefined);
    useEffect(() => {
      if (Fetched) return;
      let isShown = true;
      load().then(
        (module) => {
          Fetched = module.default;
          if (isShown) setFetched(true);
        },
        (error: unknown) => {
          if (isShown) setFailure(() => error);
        },
      );
      return () => {
        isShown = false;
      };
    }, []);
    if (failure !== undefined) throw failure;
    return Fetched ? <Fetched /> : meanwhile;
  };
}
