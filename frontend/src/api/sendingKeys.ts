import { toHex } from "../shared/crypto/bytes";

/**
 * Idempotency keys of requests on their way. Where the connection broke nobody knows whether a request was carried out: sent
 * again alike, it bears the same key, so that the server does it once. An answer, whichever, ends that.
 */
export class SendingKeys {
  readonly #unanswered = new Map<string, string>();

  /** The key of a request that says this. */
  of(request: string): string {
    const known = this.#unanswered.get(request);
    if (known !== undefined) return known;
    const key = toHex(crypto.getRandomValues(new Uint8Array(16))); // randomUUID is there over HTTPS only
    this.#unanswered.set(request, key);
    return key;
  }

  /** The request was answered: saying it once more is another one. */
  answered(request: string): void {
    this.#unanswered.delete(request);
  }
}
