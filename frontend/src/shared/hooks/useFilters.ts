import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** Filters that live in the URL; an empty value is no filter. */
export function useFilters<K extends string>(names: readonly K[], defaults: Partial<Record<K, string>> = {}) {
  const [params, setParams] = useSearchParams();
  const key = names.map((name) => params.get(name) ?? defaults[name] ?? "").join("\u0000");

  const filters = useMemo(() => {
    const values = key.split("\u0000");
    return Object.fromEntries(names.map((name, position) => [name, values[position] ?? ""])) as Record<K, string>;
    // `names` is a constant of the caller's module
  }, [key]);

  const set = useCallback(
    (name: K, value: string) =>
      setParams(
        (previous) => {
          const next = new URLSearchParams(previous);
          if (value === (defaults[name] ?? "")) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    // `defaults` is a constant of the caller's module
    [setParams],
  );
  const clear = useCallback(() => setParams({}, { replace: true }), [setParams]);
  const active = names.some((name) => (params.get(name) ?? "") !== "");
  /** The filters as a query string to carry along, with its question mark. */
  const search = params.toString() ? `?${params.toString()}` : "";
  return { filters, set, clear: active ? clear : null, search };
}
