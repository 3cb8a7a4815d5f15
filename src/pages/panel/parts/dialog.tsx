// Modal dialogs over a page, and over each other: only the top one can be closed. Browsers close dialogs by themselves
// after repeated Esc, even those below; this file opens them again or reports the close.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** The open dialogs, the top one last. */
const stack: HTMLDialogElement[] = [];

/** Where the action removed the element that opened the dialog, the keyboard goes on at the heading. */
function keepFocus(below: HTMLDialogElement | undefined): void {
  if (document.activeElement !== document.body) return;
  (below?.querySelector<HTMLElement>('button') ?? document.querySelector('h1'))?.focus();
}

/**
 * The dialog is open while it is rendered; then focus returns to the element before it. `onClose` is null for a dialog
 * that must stay.
 */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: (() => void) | null;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const leave = useRef(onClose);
  leave.current = onClose;
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    const me = dialog.current;
    if (me === null) return;
    stack.push(me);
    me.showModal();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || stack.at(-1) !== me) return;
      event.preventDefault();
      leave.current?.();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      stack.splice(stack.indexOf(me), 1);
      // A lower dialog that the browser closed opens again.
      const below = stack.at(-1);
      if (below?.open === false) below.showModal();
      // While it is open, the rest of the page takes no focus.
      me.close();
      if (before instanceof HTMLElement) before.focus();
      requestAnimationFrame(() => keepFocus(below));
    };
  }, []);
  const closed = (): void => {
    if (stack.at(-1) !== dialog.current) return;
    if (leave.current === null) dialog.current.showModal();
    else leave.current();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      // A way back without a key, as on phones.
      onCancel={(event) => {
        event.preventDefault();
        if (stack.at(-1) === dialog.current) leave.current?.();
      }}
      onClose={closed}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
