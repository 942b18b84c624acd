import type { Import, ImportState } from "../../api/types";
import type { Tone } from "../../shared/ui/StatusTag";

/** The background's turn: nobody can act, and the page looks again by itself. */
const BUSY: readonly ImportState[] = ["receiving", "reading", "checking", "importing", "undoing"];

export function isBusy(state: ImportState): boolean {
  return BUSY.includes(state);
}

export const STAGES = ["upload", "map", "check", "import"] as const;
export type Stage = (typeof STAGES)[number];

const STAGE: Record<ImportState, Stage | "done"> = {
  receiving: "upload",
  reading: "upload",
  failed: "upload",
  mapping: "map",
  checking: "check",
  ready: "check",
  discarded: "check",
  importing: "import",
  imported: "done",
  undoing: "done",
  undone: "done",
};

/** Where an import stands among the stages; beyond the last once it is imported. */
export function stageIndex(state: ImportState): number {
  const stage = STAGE[state];
  return stage === "done" ? STAGES.length : STAGES.indexOf(stage);
}

export function toneOf(row: Pick<Import, "state" | "counts">): Tone {
  if (isBusy(row.state)) return "running";
  if (row.state === "imported") return "done";
  if (row.state === "failed") return "refused";
  return row.state === "mapping" || row.state === "ready" ? "attention" : "idle";
}

/** 0 to 1, or null while the background does not say. */
export function shareOf(row: Pick<Import, "progress">): number | null {
  if (!row.progress || row.progress.total <= 0) return null;
  return Math.min(1, row.progress.done / row.progress.total);
}
