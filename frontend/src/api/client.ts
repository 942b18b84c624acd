import createClient from "openapi-fetch";

import { ProblemError, toProblem } from "./problem";
import type { paths } from "./schema";
import { SendingKeys } from "./sendingKeys";

export function csrfToken(): string {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? decodeURIComponent(pair.slice("csrftoken=".length)) : "";
}

/** The typed client of /api/v1; every answer but success is thrown as ProblemError. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", headers: { Accept: "application/json" } });

const keys = new SendingKeys();
const sent = new Map<string, string>(); // what a request said, by openapi-fetch's id of it

api.use({
  async onRequest({ request, id }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
    if (request.method === "POST") {
      const said = `${request.url}\n${await request.clone().text()}`;
      sent.set(id, said);
      request.headers.set("Idempotency-Key", keys.of(said));
    }
    return request;
  },
  async onResponse({ response, id }) {
    const problem = response.ok ? undefined : toProblem(response.status, await response.text());
    const said = sent.get(id);
    sent.delete(id);
    if (said !== undefined) keys.answered(said, problem?.code);
    if (problem) throw problem;
  },
  onError({ error, id }) {
    sent.delete(id);
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new ProblemError(0, { code: "network" });
  },
});

/** The body of a successful answer: `await data(api.POST(...))`. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T; // failures were thrown by the middleware
}

/** The address of a document's file, bundle or certificate, for what downloads it. */
export function documentUrl(id: string, part: "file" | "bundle" | "certificate"): string {
  return `/api/v1/documents/${encodeURIComponent(id)}/${part}`;
}

/**
 * POST one file with upload progress (0 to 1), in the form field `name`, with other `fields`. Throws ProblemError, also when
 * the connection breaks.
 */
export function upload<T>(
  url: keyof paths & `/api/v1/${string}`,
  file: File,
  onProgress: (share: number) => void,
  { name = "files", fields = {} }: { name?: string; fields?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how much of a request has gone out
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(toProblem(request.status, request.responseText));
    };
    request.onerror = () => reject(new ProblemError(0, { code: "network" }));
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append(name, file, file.name);
    request.send(form);
  });
}

const SIGN_IN = "/_allauth/browser/v1/auth/";

async function allauth(path: string, method: "POST" | "DELETE", body?: object): Promise<Response> {
  return fetch(SIGN_IN + path, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: body && JSON.stringify(body),
  }).catch(() => {
    throw new ProblemError(0, { code: "network" });
  });
}

/** Signs in by allauth's browser API. Throws ProblemError; a wrong name or password has the code sign_in_failed or allauth's own. */
export async function signIn(username: string, password: string): Promise<void> {
  const response = await allauth("login", "POST", { username, password });
  if (response.ok) return;
  const problem = toProblem(response.status, await response.text());
  const refused = response.status === 400 || response.status === 401;
  throw refused ? new ProblemError(response.status, { code: problem.fields[0]?.code ?? "sign_in_failed" }) : problem;
}

/** Ends the session; allauth answers 401 when it is over, which is what was asked for. */
export async function signOut(): Promise<void> {
  await allauth("session", "DELETE");
}
