// An ID with a button that copies it.
import { CopyButton } from './copy-button.tsx';

export function CopyId({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span class="copy-id">
      <code>{id}</code> <CopyButton text={id} what={what} />
    </span>
  );
}
