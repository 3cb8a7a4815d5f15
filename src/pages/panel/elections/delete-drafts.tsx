// The deletion of several drafts, after one confirmation. A draft that was changed since the list was read stays.
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { countText, titleInEnglish } from '../words.ts';
import { pathOf } from './draft/definition.ts';

export function DeleteDrafts({
  drafts,
  onClose,
}: {
  readonly drafts: readonly ElectionSummary[];
  readonly onClose: (done: boolean) => void;
}) {
  const refresh = useRefresh();
  const act = useAct(async () => {
    const stay: string[] = [];
    try {
      for (const { id, version } of drafts) if (!(await isDeleted(id, version))) stay.push(id);
    } finally {
      // Also where it stopped in the middle: the drafts before are deleted.
      await refresh('elections');
    }
    if (stay.length > 0) throw someStay(stay);
  });
  return (
    <ConfirmDialog
      title="Delete drafts"
      act={act}
      actLabel={`Delete ${countText(drafts.length, 'draft')}`}
      danger
      word={`delete ${drafts.length}`}
      onClose={onClose}
    >
      <p>This deletes the drafts below. Participants stay. The audit log keeps a copy of each.</p>
      <ul>
        {drafts.map(({ id, title }) => (
          <li key={id}>
            <bdi>{titleInEnglish(title)}</bdi> <span class="muted">{id}</span>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}

/** False where the draft was changed or announced meanwhile. A draft that is not there is deleted. */
async function isDeleted(id: string, version: number): Promise<boolean> {
  try {
    await callPanel('elections', pathOf(id), { method: 'DELETE', headers: { 'if-match': `"${version}"` } });
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.is('election-not-found')) return true;
    if (error.is('conflict')) return false;
    throw error;
  }
}

const someStay = (ids: readonly string[]): Refused =>
  new Refused(409, {
    title: 'Some drafts were not deleted',
    detail: `They were changed meanwhile: ${ids.join(', ')}. The other drafts are deleted.`,
  });
