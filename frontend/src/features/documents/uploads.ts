/** The upload queue: one request per file, three at a time; it lives beside the pages, so that leaving one loses nothing. */
import { useSyncExternalStore } from "react";

import { upload } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { Document, UploadResult } from "../../api/types";

export type UploadPhase = "waiting" | "uploading" | "done" | "refused";

export interface UploadRow {
  key: number;
  file: File;
  phase: UploadPhase;
  /** 0 to 1. */
  progress: number;
  document: Document | null;
  problem: ProblemError | null;
}

const AT_ONCE = 3;

let rows: readonly UploadRow[] = [];
let owner = "";
let nextKey = 1;
let onTaken: () => void = () => undefined;
const listeners = new Set<() => void>();

function publish(next: readonly UploadRow[]): void {
  rows = next;
  for (const listener of listeners) listener();
}

function change(key: number, patch: Partial<UploadRow>): void {
  publish(rows.map((row) => (row.key === key ? { ...row, ...patch } : row)));
}

function fill(): void {
  const running = rows.filter((row) => row.phase === "uploading").length;
  for (const row of rows.filter((each) => each.phase === "waiting").slice(0, AT_ONCE - running)) void send(row);
}

async function send(row: UploadRow): Promise<void> {
  change(row.key, { phase: "uploading", progress: 0, problem: null });
  try {
    const result = await upload<UploadResult>("/api/v1/documents", row.file, (progress) => change(row.key, { progress }));
    const refusal = result.rejected[0];
    const document = result.documents[0] ?? null;
    if (document) change(row.key, { phase: "done", progress: 1, document });
    else change(row.key, { phase: "refused", problem: new ProblemError(422, refusal ?? { code: "no_files" }) });
  } catch (error) {
    change(row.key, { phase: "refused", problem: refusalIn(error) });
  }
  onTaken();
  fill();
}

/** A file refused alone comes as the problem all_refused, whose only entry says why. */
function refusalIn(error: unknown): ProblemError {
  if (!(error instanceof ProblemError)) return new ProblemError(500, { code: "internal_error" });
  const { rejected } = error.params;
  const [only] = Array.isArray(rejected) ? (rejected as UploadResult["rejected"]) : [];
  return only ? new ProblemError(error.status, only) : error;
}

export function addUploads(files: readonly File[]): void {
  publish([...rows, ...files.map((file): UploadRow => ({ key: nextKey++, file, phase: "waiting", progress: 0, document: null, problem: null }))]);
  fill();
}

export function retryUpload(key: number): void {
  change(key, { phase: "waiting" });
  fill();
}

export function clearFinished(): void {
  publish(rows.filter((row) => row.phase === "waiting" || row.phase === "uploading"));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The queue of the signed-in person; another person starts with an empty one. */
export function useUploads(person: string, taken: () => void): readonly UploadRow[] {
  if (owner !== person) {
    owner = person;
    rows = [];
  }
  onTaken = taken;
  return useSyncExternalStore(subscribe, () => rows);
}
