/** What the list of documents is narrowed by; the desk walks through the list as it was narrowed. */
export const DOCUMENT_FILTERS = ["kind", "state", "verdict", "search"] as const;
