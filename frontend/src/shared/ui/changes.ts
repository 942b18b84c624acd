const FORM = "[role=dialog], form, .card";

/** Calls back when a field of the dialog, form or card around `place` is changed; returns how to stop waiting for it. */
export function onNextChange(place: Pick<Element, "closest"> | null, then: () => void): () => void {
  const form = place?.closest(FORM);
  form?.addEventListener("input", then);
  return () => form?.removeEventListener("input", then);
}
