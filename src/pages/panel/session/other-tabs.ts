// Messages about sign-in and sign-out between the panel's tabs, and the return of a page from the browser's
// back-forward cache. No person may see or act in another person's page.
const channelName = 'popvote-session';

/** Identifies this page, which also receives its own messages. */
const thisPage = Math.random();

/** The user signed in from now on; null for none. */
type TabMessage = { readonly userId: string | null };
type Message = TabMessage & { readonly from: number };

/** Notifies the other tabs of this browser. */
export function tellOtherTabs(userId: string | null): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ userId, from: thisPage } satisfies Message);
  channel.close();
}

/**
 * Calls `onChange` when another tab signs in or out, and when this page returns from the back-forward cache: it is
 * hidden until `onChange` completes. Returns the function that stops watching.
 */
export function watchOtherTabs(onChange: (message: TabMessage | null) => Promise<void>): () => void {
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
