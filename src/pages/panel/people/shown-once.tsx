// Something that is shown once and never again, with one press to copy it. It lives in this page's memory alone.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** How long "Copied" stands, in milliseconds. */
const saidMs = 4_000;

export function ShownOnce({ text, what, children }: { text: string; what: string; children?: ComponentChildren }) {
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    // A browser may forbid it, as it does on a page without TLS: then it is copied by hand.
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setSaid(done ? 'Copied.' : 'Your browser does not let this page copy. Select the text and copy it.');
    if (done) setTimeout(() => setSaid(''), saidMs);
  };
  return (
    <>
      {children ?? <code class="secret">{text}</code>}
      <div class="acts no-print">
        <button type="button" onClick={() => void copy()}>
          Copy {what}
        </button>
        <span role="status">{said}</span>
      </div>
    </>
  );
}
