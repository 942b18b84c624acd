import { beforeAll, expect, it } from "vitest";

import { createHashes, type Hashes } from "../../shared/crypto/hash";
import { world } from "./testbed";
import { readTrust, type Trust } from "./trust";
import { factsOfTrust } from "./trustFacts";

let hashes: Hashes;
beforeAll(async () => {
  hashes = await createHashes();
});

it("tells two trust files apart in whatever they differ", () => {
  const sound = readTrust(world(hashes, 0, 1).trust);
  const [key] = sound.keys;
  const [chain] = sound.chains;
  if (!key || !chain) throw new Error("the testbed names a key and a chain");
  const otherKey = { ...key, public: Uint8Array.from(key.public, (byte) => byte ^ 1) };
  const forged: Trust[] = [
    { ...sound, keys: [otherKey, ...sound.keys.slice(1)] },
    { ...sound, keys: [{ ...key, lastSize: 5 }, ...sound.keys.slice(1)] },
    { ...sound, witnesses: [...sound.witnesses, { ...otherKey, type: "cosignature/v1" }] },
    { ...sound, chains: [{ ...chain, rpc: "https://forger.example" }, ...sound.chains.slice(1)] },
    { ...sound, chains: [{ ...chain, contract: `0x${"22".repeat(20)}` }, ...sound.chains.slice(1)] },
    { ...sound, required: sound.required + 1 },
    { ...sound, hash: sound.hash === "sm3" ? "sha256" : "sm3" },
  ];
  const shown = [sound, ...forged].map((trust) => JSON.stringify(factsOfTrust(trust)));
  expect(new Set(shown).size).toBe(shown.length);
});

it("shows no mark that turns text around", () => {
  const sound = readTrust(world(hashes, 0, 1).trust);
  const turned = { ...sound, chains: sound.chains.map((chain) => ({ ...chain, name: "a\u202eb" })) };
  expect(JSON.stringify(factsOfTrust(turned))).not.toContain("\u202e");
});
