// A button that copies a text.
import { useState } from 'preact/hooks';
import { copyText } from '../../shared/copy-text.ts';

/** How long "Copied" is shown, in milliseconds. */
const copiedMs = 2_000;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), copiedMs);
  };
  return (
    <button type="button" class="small no-print" onClick={copy} aria-label={`Copy ${what}`}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  );
}
