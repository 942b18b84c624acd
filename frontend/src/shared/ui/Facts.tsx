import type { ReactNode } from "react";

export type Fact = readonly [label: ReactNode, value: ReactNode];

/** Labelled values; those without a value are left out. */
export function Facts({ facts, wide = false }: { facts: readonly (Fact | null | false)[]; wide?: boolean }) {
  return (
    <dl className={wide ? "facts facts-wide" : "facts"}>
      {facts.map((fact, position) =>
        fact && fact[1] !== null && fact[1] !== undefined && fact[1] !== "" ? (
          <div key={position}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
