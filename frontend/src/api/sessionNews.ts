/** Tabs tell each other when somebody signs in, out or over, so that none shows one person's pages with another's data. */

const CHANNEL = "abs-session";

export function announceSession(): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** Calls back when another tab changed the session; returns the function that stops it. */
export function onSessionNews(changed: () => void): () => void {
  if (typeof BroadcastChannel === "undefined") return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = changed;
  return () => channel.close();
}
