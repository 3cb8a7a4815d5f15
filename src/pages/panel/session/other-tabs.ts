// What the panel's pages in other tabs are told of signing in and out, and what happens to a page that a browser kept and
// shows again. Nothing of one person may stay in sight of the next, and no page may act in the name of another.
const channelName = 'popvote-session';

/** This page, which hears what it says itself. */
const thisPage = Math.random();

/** Who is signed in from now on; null for nobody. */
type Told = { readonly userId: string | null };
type Message = Told & { readonly from: number };

/** Tells the other tabs of this browser. */
export function tellOtherTabs(userId: string | null): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ userId, from: thisPage } satisfies Message);
  channel.close();
}

/**
 * Calls `onChange` when another tab signs in or out, and when the browser takes this page out of its memory of pages gone
 * by: it is hidden until `onChange` is done. Returns what ends it.
 */
export function watchOtherTabs(onChange: (told: Told | null) => Promise<void>): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.from !== thisPage) void onChange(data);
  };
  const hide = (event: PageTransitionEvent): void => {
    if (event.persisted) document.body.hidden = true;
  };
  const show = (event: PageTransitionEvent): void => {
    if (event.persisted) void onChange(null).finally(() => (document.body.hidden = false));
  };
  addEventListener('pagehide', hide);
  addEventListener('pageshow', show);
  return () => {
    channel.close();
    removeEventListener('pagehide', hide);
    removeEventListener('pageshow', show);
  };
}
