// One person's account and an administrator's actions on it. Each action says what it ends. The national ID is read
// only on request, because the audit log records the reading.
import { useState } from 'preact/hooks';
import type { User, UserDetails } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Moment } from '../parts/moment.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { useAct } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { actsOn } from './person-acts.ts';
import type { PersonAct } from './person-acts.ts';
import { PersonActDialog } from './person-act-dialog.tsx';
import { nameOf, roleNames, schemeNames, sourceNames } from './person-words.ts';

export function ManagePerson({ person, onClose }: { readonly person: User; readonly onClose: () => void }) {
  const { user: me } = useMe();
  const [act, setAct] = useState<PersonAct | null>(null);
  const acts = actsOn(person, me.id);
  if (act !== null) {
    const end = (done: boolean): void => {
      setAct(null);
      if (done) onClose();
    };
    return <PersonActDialog person={person} act={act} onEnd={end} />;
  }
  return (
    <Dialog title={nameOf(person)} onClose={onClose}>
      <dl class="facts">
        <dt>E-mail</dt>
        <dd>{person.email}</dd>
        <dt>Role</dt>
        <dd>{roleNames[person.role]}</dd>
        <dt>State</dt>
        <dd>
          <StateTag state={person.state} />
        </dd>
        <dt>Account since</dt>
        <dd>
          <Moment at={person.createdAt} />, {sourceNames[person.source].toLowerCase()}
        </dd>
        <dt>National ID</dt>
        <dd>{person.identityScheme === null ? 'Not provided' : <NationalId person={person} />}</dd>
      </dl>
      {person.id === me.id && (
        <p class="note">
          This is your account. Only another administrator can change your role or state. Your password and second
          factor are on the page Account.
        </p>
      )}
      <ul class="acts-list">
        {acts.map((each) => (
          <li key={each.kind}>
            <p>{each.effect}</p>
            <button type="button" class={each.danger ? 'danger small' : 'small'} onClick={() => setAct(each)}>
              {each.label}
            </button>
          </li>
        ))}
      </ul>
      <div class="acts">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function NationalId({ person: { id, identityScheme } }: { readonly person: User }) {
  const [nationalId, setNationalId] = useState<UserDetails['nationalId']>(null);
  const act = useAct(async () => {
    const { data } = await callPanel<UserDetails>('access', `/v1/users/${id}`);
    setNationalId(data.nationalId);
  });
  const scheme = identityScheme === null ? '' : schemeNames[identityScheme];
  if (nationalId !== null) {
    return (
      <>
        {scheme}: <code>{nationalId.number}</code> <span class="muted">(this view was recorded)</span>
      </>
    );
  }
  return (
    <>
      {scheme}, stored encrypted.{' '}
      <button type="button" class="small" aria-disabled={act.busy} onClick={() => void act.run()}>
        Show number
      </button>{' '}
      <span class="muted">The audit log records who views it.</span>
      <RejectionNote rejection={act.rejection} />
    </>
  );
}
