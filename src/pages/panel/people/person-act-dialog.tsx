// A confirmation before an action on an account, and its one-time result.
import { useRef, useState } from 'preact/hooks';
import type { User } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import type { PersonAct } from './person-acts.ts';
import { nameOf, roleEffects, roleOptions } from './person-words.ts';
import { OneTimeSecret } from './shown-once.tsx';

export function PersonActDialog({
  person,
  act,
  onEnd,
}: {
  readonly person: User;
  readonly act: PersonAct;
  readonly onEnd: (done: boolean) => void;
}) {
  const [role, setRole] = useState(person.role);
  const [names, setNames] = useState<Names>({
    forename: person.forename,
    surname: person.surname,
    email: person.email,
  });
  const [password, setPassword] = useState<string | null>(null);
  const issued = useRef(false);
  const refresh = useRefresh();
  const me = useMe();
  const doing = useAct(async () => {
    const oneTimePassword = await perform(person, act, role, names);
    issued.current = oneTimePassword !== null;
    setPassword(oneTimePassword);
    const isOwn = person.id === me.user.id;
    // Another address of one's own ended this session too: the next page asks for a sign-in.
    if (isOwn) await me.reload();
    if (!isOwn || act.kind !== 'correct' || names.email === person.email) await refresh('access');
  });
  if (password !== null) {
    return (
      <Dialog title={`One-time password for ${nameOf(person)}`} onClose={() => onEnd(true)}>
        <p>
          Send this password to the person by a secure channel, such as a phone call. It works for one sign-in, then
          they choose a new one. You cannot see it again.
        </p>
        <OneTimeSecret text={password} what="password" />
        <button type="button" class="primary" onClick={() => onEnd(true)}>
          Done
        </button>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={`${act.label}: ${nameOf(person)}`}
      act={doing}
      actLabel={act.label}
      danger={act.danger ?? false}
      {...(act.kind === 'remove' && { word: person.email })}
      onClose={(done) => {
        // A new password is shown first.
        if (!done || !issued.current) onEnd(done);
      }}
    >
      <p>{act.effect}</p>
      {act.kind === 'correct' && (
        <NameFields names={names} onNames={setNames} faultAt={(member) => faultOf(doing.rejection, member)} />
      )}
      {act.kind === 'role' && (
        <SelectField
          label="New role"
          hint={`${roleEffects[role]}.`}
          value={role}
          onValue={setRole}
          options={roleOptions}
        />
      )}
    </ConfirmDialog>
  );
}

type Names = Readonly<Record<'forename' | 'surname' | 'email', string>>;

const faultOf = (rejection: Refused | null, member: keyof Names): string | undefined =>
  rejection?.problem.errors?.find(({ path }) => path === `body/${member}`)?.detail;

function NameFields({
  names,
  onNames,
  faultAt,
}: {
  readonly names: Names;
  readonly onNames: (names: Names) => void;
  readonly faultAt: (member: keyof Names) => string | undefined;
}) {
  const field = (member: keyof Names, label: string) => ({
    label,
    value: names[member],
    onValue: (value: string) => onNames({ ...names, [member]: value }),
    fault: faultAt(member),
    autocomplete: 'off' as const,
  });
  return (
    <>
      <TextField {...field('forename', 'Forename')} />
      <TextField {...field('surname', 'Surname')} />
      <TextField {...field('email', 'E-mail')} type="email" />
    </>
  );
}

/** Returns the one-time password if one was created. */
async function perform({ id }: User, { kind }: PersonAct, role: User['role'], names: Names): Promise<string | null> {
  const path = `/v1/users/${id}`;
  const change = (body: object) => callPanel('access', path, { method: 'PATCH', body }).then(() => null);
  switch (kind) {
    case 'approve':
    case 'lift':
      return change({ state: 'active' });
    case 'suspend':
      return change({ state: 'suspended' });
    case 'correct':
      return change(names);
    case 'role':
      return change({ role });
    case 'second-factor':
      return change({ secondFactor: false });
    case 'end-sessions':
      return callPanel('access', `${path}/sessions`, { method: 'DELETE' }).then(() => null);
    case 'remove':
      return callPanel('access', path, { method: 'DELETE' }).then(() => null);
    case 'one-time-password': {
      const { data } = await callPanel<{ password: string }>('access', `${path}/one-time-password`, { method: 'POST' });
      return data.password;
    }
  }
}
