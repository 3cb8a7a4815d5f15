// The form for a new password. It asks for the current password, because the session may be someone else's.
import { useState } from 'preact/hooks';
import { callPanel } from '../calls.ts';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { useCapsLock } from '../session/caps-lock.tsx';
import { NewPasswordField, newPasswordFault } from '../session/new-password-field.tsx';
import { useMe } from '../session/session.tsx';
import { ShowPasswords } from '../session/show-passwords.tsx';
import { proofRejection } from './proof-rejection.ts';

export function OwnPassword() {
  const { user } = useMe();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const [visible, setVisible] = useState(false);
  const [showFaults, setShowFaults] = useState(false);
  const [done, setDone] = useState(false);
  const capsLock = useCapsLock();
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('access', '/v1/password', { method: 'POST', body: { currentPassword, newPassword } });
    setCurrent('');
    setNew('');
    setShowFaults(false);
    setDone(true);
    await refresh('access');
  });
  const faults = {
    current: currentPassword === '' ? 'Enter your current password.' : undefined,
    new: newPasswordFault(newPassword),
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setDone(false);
    setShowFaults(true);
    if (faults.current === undefined && faults.new === undefined) void act.run();
  };
  return (
    <section aria-labelledby="password-heading">
      <h2 id="password-heading">Password</h2>
      <form onSubmit={submit} noValidate {...capsLock.watch}>
        <RejectionNote
          rejection={act.rejection && proofRejection(act.rejection)}
          links={{ 'body/newPassword': 'new-password' }}
        />
        {/* For password managers: whose password it is. */}
        <input type="text" name="email" autocomplete="username" value={user.email} readOnly hidden />
        <TextField
          {...{ label: 'Current password', name: 'password', type: visible ? 'text' : 'password', spellcheck: false }}
          {...{ value: currentPassword, onValue: setCurrent, fault: showFaults ? faults.current : undefined }}
          autocomplete="current-password"
        />
        {capsLock.hint}
        <NewPasswordField
          value={newPassword}
          onValue={setNew}
          visible={visible}
          fault={showFaults ? faults.new : undefined}
        />
        <div class="acts">
          <button type="submit" aria-disabled={act.busy}>
            Change password
          </button>
          <ShowPasswords visible={visible} onToggle={setVisible} />
          <span role="status">{done && 'Password changed. All other sessions have ended.'}</span>
        </div>
      </form>
    </section>
  );
}
