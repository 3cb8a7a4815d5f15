// Modal dialogs over a page, and over each other: the last one that came is on top and alone can be left. A browser closes
// by itself what Esc is pressed on again and again, the ones below too; none is left that way without its page knowing.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** Those that are open, the one on top last. */
const stack: HTMLDialogElement[] = [];

/** It is open while it is rendered; focus returns to where it was. `onClose` is null where it must stay. */
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
      // What the browser closed below comes back.
      const below = stack.at(-1);
      if (below?.open === false) below.showModal();
      if (before instanceof HTMLElement) before.focus();
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
      // A way back that is no key, as phones have.
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
