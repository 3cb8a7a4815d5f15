// In the place of a row that is deleted in a moment: what happens, and the button that stops it.
import { useEffect, useRef } from 'preact/hooks';
import { durationText } from '../words.ts';
import { undoMs } from './grace-deletes.ts';

export function UndoDelete({
  name,
  takesFocus,
  onUndo,
}: {
  readonly name: string;
  /** Not where several are deleted: then the button that stops them all has it. */
  readonly takesFocus: boolean;
  readonly onUndo: () => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone. When this one goes too, with the focus on it, the heading takes it.
  useEffect(() => {
    const me = button.current;
    if (takesFocus) me?.focus();
    return () => {
      if (document.activeElement === me) document.querySelector('h1')?.focus();
    };
  }, []);
  return (
    <>
      <span role="status">Deleted in {durationText(undoMs)}.</span>{' '}
      <button type="button" class="small" ref={button} onClick={onUndo}>
        Undo<span class="unseen"> the deletion of {name}</span>
      </button>
    </>
  );
}
