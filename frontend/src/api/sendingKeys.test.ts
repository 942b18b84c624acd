import { expect, it } from "vitest";

import { SendingKeys } from "./sendingKeys";

it("what was not answered is sent again with its key, what was answered with another", () => {
  const keys = new SendingKeys();
  const first = keys.of("POST /payments 100.00");
  expect(keys.of("POST /payments 100.00")).toBe(first);
  expect(keys.of("POST /payments 200.00")).not.toBe(first);
  keys.answered("POST /payments 100.00");
  expect(keys.of("POST /payments 100.00")).not.toBe(first);
});
