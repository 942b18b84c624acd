import { toHex } from "../shared/crypto/bytes";

/**
 * Idempotency keys of requests on their way. Where the connection broke nobody knows whether a request was carried out: sent
 * again alike, it bears the same key, so that the server does it once. That it was carried out ends that. A refusal does not: it
 * may have come before anybody looked at the key (signed out meanwhile, too many requests), and then says nothing of the attempt
 * before; where it is the work that was refused, the server has freed the key.
 */
export class SendingKeys {
  readonly #open = new Map<string, string>();

  /** The key of a request that says this. */
  of(request: string): string {
    const known = this.#open.get(request);
    if (known !== undefined) return known;
    const key = toHex(crypto.getRandomValues(new Uint8Array(16))); // randomUUID is there over HTTPS only
    this.#open.set(request, key);
    return key;
  }

  /** The request was answered, refused with that code if at all. Once it was carried out, saying it once more is another one. */
  answered(request: string, refusal?: string): void {
    if (refusal === undefined || refusal === "idempotency_key_reused") this.#open.delete(request);
  }
}
