// The roll of an election: a file is previewed in this browser and checked by the service before it changes anything,
// and the people on the roll can be listed.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { pathOf } from '../draft/definition.ts';
import { RollPeopleList } from './roll-people.tsx';
import { RollUpload } from './roll-upload.tsx';

export function RollSection({ election }: { readonly election: AdministeredElection }) {
  const { id, state, phase, definition } = election;
  const { second } = definition.identity;
  const [open, setOpen] = useState(false);
  const changeable = state === 'draft' || (state === 'announced' && phase !== 'closed');
  const correctable = phase === 'draft' || phase === 'scheduled';
  if (phase === 'published') return null;
  return (
    <section class="roll" aria-labelledby="roll-title">
      <h2 id="roll-title">Roll</h2>
      {changeable && <RollUpload path={pathOf(id)} correctable={correctable} second={second} />}
      {open ? (
        <RollPeopleList path={pathOf(id)} correctable={correctable} second={second} />
      ) : (
        <div class="acts">
          <button type="button" onClick={() => setOpen(true)}>
            Show people on the roll
          </button>
        </div>
      )}
    </section>
  );
}
