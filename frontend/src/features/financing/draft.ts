/** A request as it is being put together. */
export interface Draft {
  rights: readonly string[];
  programmes: readonly string[];
  amount: string;
  until: string;
  note: string;
}

export function emptyDraft(rights: readonly string[]): Draft {
  return { rights, programmes: [], amount: "", until: "", note: "" };
}

export function toggled(set: readonly string[], id: string): readonly string[] {
  return set.includes(id) ? set.filter((each) => each !== id) : [...set, id];
}
