// A secret that is shown once, with a button to copy it. It stays only in the memory of this page.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** How long "Copied" is shown, in milliseconds. */
const copiedMs = 4_000;

export function OneTimeSecret({ text, what, children }: { text: string; what: string; children?: ComponentChildren }) {
  const [note, setNote] = useState('');
  const copy = async (): Promise<void> => {
    // A browser may forbid this, for example on a page without TLS; then people copy by hand.
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setNote(done ? 'Copied.' : 'Your browser does not allow copying. Select the text and copy it.');
    if (done) setTimeout(() => setNote(''), copiedMs);
  };
  return (
    <>
      {children ?? <code class="secret">{text}</code>}
      <div class="acts no-print">
        <button type="button" onClick={() => void copy()}>
          Copy {what}
        </button>
        <span role="status">{note}</span>
      </div>
    </>
  );
}
