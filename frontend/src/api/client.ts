import { ProblemError, toProblem } from "./problem";

const ROOT = "/api/v1/";
type Query = Record<string, string | number | boolean | null | undefined>;

export function csrfToken(): string {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? decodeURIComponent(pair.slice("csrftoken=".length)) : "";
}

export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return ROOT + path + (text ? `?${text}` : "");
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError(0, { code: "network" });
  }
  if (!response.ok) throw toProblem(response.status, await response.text());
  return response;
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

/** GET a resource of /api/v1; `path` has no leading slash. Throws ProblemError. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return json<T>(await send(apiUrl(path, query), { headers: { Accept: "application/json" }, signal }));
}

/** GET the bytes of a resource; throws ProblemError. */
export async function getBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  return (await send(apiUrl(path), { signal })).blob();
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return json<T>(
    await send(apiUrl(path), {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
    }),
  );
}

/** POST one file with upload progress (0 to 1). Throws ProblemError, also when the connection breaks. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", apiUrl(path));
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
    form.append("files", file, file.name);
    request.send(form);
  });
}

/** The cursor inside a page's `next` link. */
export function cursorOf(link: string | null): string | undefined {
  if (!link) return undefined;
  return new URL(link, window.location.origin).searchParams.get("cursor") ?? undefined;
}

const SIGN_IN = "/_allauth/browser/v1/auth/";

export async function signIn(username: string, password: string): Promise<void> {
  const response = await fetch(`${SIGN_IN}login`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ username, password }),
  }).catch(() => {
    throw new ProblemError(0, { code: "network" });
  });
  if (response.ok) return;
  const problem = toProblem(response.status, await response.text());
  const code = problem.fields[0]?.code;
  throw new ProblemError(response.status, { code: response.status === 400 || response.status === 401 ? (code ?? "sign_in_failed") : problem.code });
}

/** Ends the session; allauth answers 401 when it is over, which is what was asked for. */
export async function signOut(): Promise<void> {
  await fetch(`${SIGN_IN}session`, {
    method: "DELETE",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken() },
  }).catch(() => {
    throw new ProblemError(0, { code: "network" });
  });
}
