import { describe, expect, it } from "vitest";

import { onNextChange } from "./changes";

/** An element inside a form: only what is waited for. */
function inside(form: EventTarget | null) {
  return { closest: () => form } as unknown as Element;
}

describe("a failure in a form", () => {
  it("hears that a field was changed, until it is gone", () => {
    const form = new EventTarget();
    let changes = 0;
    const stop = onNextChange(inside(form), () => (changes += 1));
    form.dispatchEvent(new Event("input"));
    expect(changes).toBe(1);
    stop();
    form.dispatchEvent(new Event("input"));
    expect(changes).toBe(1);
  });

  it("waits for nothing outside of forms", () => {
    expect(() => onNextChange(inside(null), () => undefined)()).not.toThrow();
  });
});
