import { expect, it } from "vitest";

import { readStrictly } from "./strictJson";

const read = (text: string) => readStrictly(new TextEncoder().encode(text));

it.each(['{}', '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', '["a", "a", "a"]', '{"a": "a", "b": "a"}', '{"x": "1.5 \\" , \\"x\\": 2"}', '-12', '{"n": 9007199254740991}', ' {"k" : null , "l" : true } '])(
  "reads %s as any reader does",
  (text) => {
    expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
  },
);

it.each([
  ['{"a": 1, "a": 1}', "json_key_twice"],
  ['{"a": 1, "\\u0061": 2}', "json_key_twice"],
  ['{"a": {}, "b": [], "a": 1}', "json_key_twice"],
  ['[{"x": {"y": 1, "z": 2, "y": 3}}]', "json_key_twice"],
  ['{"size": 4467.0}', "json_not_whole"],
  ["[1e3]", "json_not_whole"],
  ["[100000000000000000000]", "json_digits"],
  ["[NaN]", "json_malformed"],
  ["{", "json_malformed"],
  ["", "json_malformed"],
  ["\ufeff{}", "json_malformed"],
])("cannot read %s", (text, fault) => {
  expect(read(text)).toEqual({ ok: false, text: fault });
});

it("cannot read what is no UTF-8", () => {
  expect(readStrictly(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ ok: false, text: "json_malformed" });
});

it("reads a megabyte of one text", () => {
  expect(read(JSON.stringify("\\".repeat(200_000) + "x".repeat(600_000))).ok).toBe(true);
});
