// An ID with a button that copies it.
import { useState } from 'preact/hooks';

/** How long "Copied" is shown, in milliseconds. */
const copiedMs = 2_000;

export function CopyId({ id, what }: { readonly id: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
    setTimeout(() => setCopied(false), copiedMs);
  };
  return (
    <span class="copy-id">
      <code>{id}</code>{' '}
      <button type="button" class="small" onClick={() => void copy()} aria-label={`Copy ${what}`}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
