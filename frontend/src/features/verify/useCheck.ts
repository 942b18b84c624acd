import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, data } from "../../api/client";
import { digestFile, type FileDigest } from "../../shared/hash/digestFile";
import { fetchRpc } from "./chain";
import { sort, type DroppedBundle, type DroppedTrust } from "./dropped";
import { Failed } from "./fields";
import { createHashes } from "../../shared/crypto/hash";
import { readTrust, type Trust } from "./trust";
import type { VerdictText } from "./verdictWords";
import { verify, type Verdict } from "./verify";

export interface Parts {
  file: { name: string; digest: FileDigest | null; progress: number } | null;
  bundle: DroppedBundle | null;
  ownTrust: DroppedTrust | null;
  /** A trust file that was brought and waits for its reader's word. */
  offeredTrust: DroppedTrust | null;
}

export type TrustState =
  | { state: "loading" }
  | { state: "missing" }
  | { state: "wrong"; text: VerdictText; values: Readonly<Record<string, string | number>> }
  | { state: "ready"; trust: Trust; own: string | null };

const NOTHING: Parts = { file: null, bundle: null, ownTrust: null, offeredTrust: null };

function readable(value: unknown, own: string | null): TrustState {
  try {
    return { state: "ready", trust: readTrust(value), own };
  } catch (error) {
    if (error instanceof Failed) return { state: "wrong", text: error.text, values: error.values };
    throw error;
  }
}

/** Collects file, bundle and trust file in any order, and checks once they are there. Nothing is uploaded. */
export function useCheck() {
  const [parts, setParts] = useState<Parts>(NOTHING);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [checking, setChecking] = useState(false);
  const [recordOnly, setRecordOnly] = useState(false);
  const [round, setRound] = useState(0);
  const turn = useRef(0);
  const platform = useQuery({ queryKey: ["verify", "trust"], queryFn: ({ signal }) => data(api.GET("/api/v1/verify/trust", { signal })), staleTime: 60_000, retry: 1 });

  const trust: TrustState = parts.ownTrust
    ? readable(parts.ownTrust.value, parts.ownTrust.name)
    : platform.data !== undefined
      ? readable(platform.data, null)
      : platform.isError || platform.fetchStatus === "paused"
        ? { state: "missing" }
        : { state: "loading" };
  const trustKey = parts.ownTrust ?? platform.data;

  const take = async (files: readonly File[]) => {
    // Sorted before any is taken: a check must not run on the old trust while a new one is being offered.
    const sorted = await Promise.all(files.map(async (file) => ({ file, found: await sort(file) })));
    setParts((before) =>
      sorted.reduce<Parts>(
        (parts, { found }) => (found.kind === "bundle" ? { ...parts, bundle: found } : found.kind === "trust" ? { ...parts, offeredTrust: found } : parts),
        before,
      ),
    );
    for (const { file, found } of sorted) if (found.kind === "document") await takeFile(file);
  };

  const takeFile = async (file: File) => {
    const mine = (turn.current += 1);
    const show = (digest: FileDigest | null, progress: number) => {
      if (turn.current === mine) setParts((before) => ({ ...before, file: { name: file.name, digest, progress } }));
    };
    show(null, 0);
    show(await digestFile(file, (progress) => show(null, progress)), 1);
  };

  const ready = trust.state === "ready" && parts.offeredTrust === null && parts.bundle !== null && parts.bundle.unreadable === null && (parts.file?.digest != null || (recordOnly && parts.file === null));
  useEffect(() => {
    setVerdict(null);
    if (!ready || trust.state !== "ready" || !parts.bundle) return;
    let current = true;
    setChecking(true);
    void (async () => {
      const result = await verify(parts.bundle?.value, trust.trust, parts.file?.digest ?? null, await createHashes(), fetchRpc);
      if (!current) return;
      setVerdict(result);
      setChecking(false);
    })();
    return () => {
      current = false;
      setChecking(false);
    };
    // `trust` is derived anew on each render; `trustKey` is what it is made of.
  }, [ready, parts.bundle, parts.file?.digest, trustKey, round]);

  return {
    parts,
    trust,
    verdict,
    checking,
    take,
    again: () => setRound((before) => before + 1),
    checkRecordOnly: () => setRecordOnly(true),
    acceptTrust: () => setParts((before) => (before.offeredTrust?.trust ? { ...before, ownTrust: before.offeredTrust, offeredTrust: null } : before)),
    declineTrust: () => setParts((before) => ({ ...before, offeredTrust: null })),
    resetTrust: () => setParts((before) => ({ ...before, ownTrust: null })),
    clear: () => {
      turn.current += 1;
      setRecordOnly(false);
      setParts((before) => ({ ...NOTHING, ownTrust: before.ownTrust }));
    },
  };
}
