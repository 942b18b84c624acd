import { beforeAll, describe, expect, it } from "vitest";

import { sort } from "./dropped";
import { createHashes } from "../../shared/crypto/hash";
import { world, type World } from "./testbed";

let at: World;
beforeAll(async () => {
  at = world(await createHashes(), 0, 1);
});

const drop = (text: string, name = "dropped.json") => sort(new File([text], name));

describe("a dropped file", () => {
  it("is known by its format, whatever its name", async () => {
    expect(await drop(JSON.stringify(at.bundle), "a.txt")).toMatchObject({ kind: "bundle", name: "a.txt", unreadable: null });
    expect(await drop(JSON.stringify(at.trust))).toMatchObject({ kind: "trust", unreadable: null, trust: { origin: at.trust.origin } });
    expect(await drop('{"format": "something else"}')).toEqual({ kind: "document" });
    expect(await drop("<Invoice/>")).toEqual({ kind: "document" });
  });

  it("is an unreadable bundle with a key twice or a number that is not whole", async () => {
    const text = JSON.stringify(at.bundle);
    const twice = text.replace('"record":', '"record":{},"record":');
    expect(await drop(twice)).toMatchObject({ kind: "bundle", unreadable: { text: "json_key_twice" } });
    const float = text.replace(/"size":(\d+)/, '"size":$1.0');
    expect(await drop(float)).toMatchObject({ kind: "bundle", unreadable: { text: "json_not_whole" } });
  });

  it("is no usable trust file when it is faulty", async () => {
    expect(await drop(JSON.stringify({ ...at.trust, keys: [] }))).toMatchObject({ kind: "trust", trust: null, unreadable: { text: "malformed" } });
    expect(await drop(JSON.stringify(at.trust).replace("{", '{"hash":"sm3",'))).toMatchObject({ kind: "trust", trust: null, unreadable: { text: "json_key_twice" } });
  });
});
