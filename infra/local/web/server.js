// Everything the page asks of the Slack stand-in that serves it.

/** What this person sees now: channels with messages, open modals, what was sent. */
export async function fetchScreen(user) {
  const response = await fetch(`/page/screen?user=${encodeURIComponent(user)}`);
  if (!response.ok) throw new Error(`the stand-in answered ${response.status}`);
  return response.json();
}

/** Calls `onChange` after each change and `onLive(false)` while the stand-in is away. Returns how to stop. */
export function followChanges(onChange, onLive) {
  const source = new EventSource("/page/changes");
  source.onopen = () => onLive(true);
  source.onmessage = onChange;
  source.onerror = () => onLive(false);
  return () => source.close();
}

/** Does one thing as a person, such as `command` or `click`. Gives the delivery, with its `error` if there was one. */
export async function act(verb, args) {
  try {
    const response = await fetch(`/page/do/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(args),
    });
    return await response.json();
  } catch {
    return { error: "the playground is not running any more" };
  }
}
