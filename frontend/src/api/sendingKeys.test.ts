import { expect, it } from "vitest";

import { SendingKeys } from "./sendingKeys";

it("what was not carried out is sent again with its key, what was with another", () => {
  const keys = new SendingKeys();
  const first = keys.of("POST /payments 100.00");
  expect(keys.of("POST /payments 100.00")).toBe(first);
  expect(keys.of("POST /payments 200.00")).not.toBe(first);
  keys.answered("POST /payments 100.00");
  expect(keys.of("POST /payments 100.00")).not.toBe(first);
});

it("a refusal tells nothing of the attempt before, unless it is the key that is refused", () => {
  const keys = new SendingKeys();
  const first = keys.of("POST /payments 100.00");
  for (const code of ["not_authenticated", "throttled", "idempotency_under_way"]) {
    keys.answered("POST /payments 100.00", code);
    expect(keys.of("POST /payments 100.00")).toBe(first);
  }
  keys.answered("POST /payments 100.00", "idempotency_key_reused");
  expect(keys.of("POST /payments 100.00")).not.toBe(first);
});
