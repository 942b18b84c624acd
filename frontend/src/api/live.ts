/**
 * Live updates: one event stream per browser where the browser can elect a leader among its tabs (HTTP/1.1
 * allows six connections to a host), one per tab elsewhere. While the stream is down, the caller polls.
 */

export interface LiveEvent {
  kind: string;
  id: string;
}

interface Listener {
  onEvent: (event: LiveEvent) => void;
  onStatus: (up: boolean) => void;
}

type Message = { type: "event"; event: LiveEvent } | { type: "status"; up: boolean } | { type: "ask" };

const RETRY_MS = 5_000;

/** Opens the stream and keeps it open; returns the function that closes it. */
function openStream(url: string, listener: Listener): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => listener.onStatus(true);
    source.onmessage = (message: MessageEvent<string>) => {
      try {
        listener.onEvent(JSON.parse(message.data) as LiveEvent);
      } catch {
        // A comment or keep-alive that is not ours: nothing to refresh.
      }
    };
    source.onerror = () => {
      listener.onStatus(false);
      if (source?.readyState !== EventSource.CLOSED || closed) return;
      timer = setTimeout(connect, RETRY_MS);
    };
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
  };
}

/** Subscribes this tab for the signed-in person `scope`; returns the function that unsubscribes. */
export function subscribe(scope: string, listener: Listener, url = "/api/v1/events"): () => void {
  if (!("locks" in navigator) || typeof BroadcastChannel === "undefined") return openStream(url, listener);

  const channel = new BroadcastChannel(`abs-live-${scope}`);
  const abort = new AbortController();
  let up = false;
  let leading = false;

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === "event") listener.onEvent(data.event);
    else if (data.type === "status") listener.onStatus(data.up);
    else if (leading) channel.postMessage({ type: "status", up } satisfies Message);
  };
  channel.postMessage({ type: "ask" } satisfies Message);

  navigator.locks
    .request(`abs-live-${scope}`, { signal: abort.signal }, () => {
      leading = true;
      const close = openStream(url, {
        onEvent: (event) => {
          listener.onEvent(event);
          channel.postMessage({ type: "event", event } satisfies Message);
        },
        onStatus: (state) => {
          up = state;
          listener.onStatus(state);
          channel.postMessage({ type: "status", up: state } satisfies Message);
        },
      });
      return new Promise<void>((resolve) => {
        abort.signal.addEventListener("abort", () => {
          close();
          resolve();
        });
      });
    })
    .catch(() => undefined);

  return () => {
    abort.abort();
    if (leading) channel.postMessage({ type: "status", up: false } satisfies Message);
    channel.close();
  };
}
