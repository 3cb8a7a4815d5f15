// The deletion of the selected participants, which can be undone as one. Those in elections stay.
import { useEffect, useRef } from 'preact/hooks';
import type { ListedParticipant } from '../../../protocol/control/participants-api.ts';
import { SelectionBar } from '../parts/selection.tsx';
import type { Selection } from '../parts/selection.tsx';
import { countText, durationText } from '../words.ts';
import { undoMs } from './grace-deletes.ts';
import type { Deletes } from './use-grace-deletes.ts';

export function SelectedParticipants({
  participants,
  selection,
  deletes: { waiting, groups, begin, undo },
}: {
  readonly participants: readonly ListedParticipant[];
  readonly selection: Selection;
  readonly deletes: Deletes;
}) {
  const rows = participants.filter(({ id }) => !waiting.has(id));
  const selected = rows.filter(({ id }) => selection.ids.has(id));
  const unused = selected.filter(({ elections }) => elections === 0).map(({ id }) => id);
  const staying = selected.length - unused.length;
  const undoable = groups
    .map(({ key, ids }) => ({ key, ids: ids.filter((id) => waiting.has(id)) }))
    .filter(({ ids }) => ids.length > 0);
  return (
    <>
      {undoable.map(({ key, ids }) => (
        <UndoAll key={key} count={ids.length} onUndo={() => ids.forEach(undo)} />
      ))}
      <SelectionBar selection={selection} rows={rows}>
        {unused.length > 0 && (
          <button
            type="button"
            class="small danger"
            onClick={() => {
              selection.set(unused, false);
              begin(unused);
            }}
          >
            Delete {countText(unused.length, 'participant')}
          </button>
        )}
        {staying > 0 && (
          <span class="muted">
            {countText(staying, 'participant is', 'participants are')} in elections and cannot be deleted.
          </span>
        )}
      </SelectionBar>
    </>
  );
}

function UndoAll({ count, onUndo }: { readonly count: number; readonly onUndo: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone. When this one goes too, with the focus on it, the heading takes it.
  useEffect(() => {
    const me = button.current;
    me?.focus();
    return () => {
      if (document.activeElement === me) document.querySelector('h1')?.focus();
    };
  }, []);
  return (
    <p class="note">
      <span role="status">
        {countText(count, 'participant is', 'participants are')} deleted in {durationText(undoMs)}.
      </span>{' '}
      <button type="button" class="small" ref={button} onClick={onUndo}>
        Undo the deletion
      </button>
    </p>
  );
}
