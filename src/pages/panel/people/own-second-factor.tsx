// The user's two-step sign-in: passkeys and an authenticator, recovery codes shown once, and removal.
import { useState } from 'preact/hooks';
import type { Passkey, SecondFactorList } from '../../../protocol/control/passkey-api.ts';
import { callPanel } from '../calls.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded } from '../parts/page.tsx';
import { useRefresh, useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { AddAuthenticator } from './add-authenticator.tsx';
import { AddPasskey } from './add-passkey.tsx';
import { ProofForm } from './proof-form.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** The open dialog. A passkey: its removal. */
type Open = 'add-authenticator' | 'remove-authenticator' | 'add-passkey' | Passkey | null;

export function OwnSecondFactor() {
  const { user, reload } = useMe();
  const refresh = useRefresh();
  const factors = useRemote<SecondFactorList>('access', '/v1/second-factors');
  const [open, setOpen] = useState<Open>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const onClose = (): void => setOpen(null);
  const changed = async (newCodes: readonly string[] = []): Promise<void> => {
    setOpen(null);
    setCodes(newCodes);
    await Promise.all([reload(), refresh('access')]);
  };
  return (
    <section id="two-step-sign-in" class="first-is-labelled" aria-labelledby="second-factor-heading">
      <h2 id="second-factor-heading">Two-step sign-in</h2>
      <p>
        {user.secondFactor
          ? 'On. You need your password and a passkey or code to sign in.'
          : 'Off. Anyone who knows your password can sign in. Add a passkey, or set up an authenticator app on your phone.'}
      </p>
      {codes.length > 0 && <RecoveryCodes codes={codes} onDone={() => setCodes([])} />}
      <Loaded of={factors}>
        {(data) => (
          <>
            {data.passkeys.length > 0 && <PasskeyTable passkeys={data.passkeys} onRemove={setOpen} />}
            <p>{data.authenticator ? 'An authenticator app is set up.' : 'No authenticator app is set up.'}</p>
            <div class="acts">
              <button type="button" onClick={() => setOpen('add-passkey')}>
                Add a passkey
              </button>
              {data.authenticator ? (
                <button type="button" class="danger" onClick={() => setOpen('remove-authenticator')}>
                  Remove authenticator
                </button>
              ) : (
                <button type="button" onClick={() => setOpen('add-authenticator')}>
                  Set up authenticator
                </button>
              )}
            </div>
            {open === 'add-authenticator' && <AddAuthenticator onClose={onClose} onDone={changed} />}
            {open === 'add-passkey' && <AddPasskey factors={data} onClose={onClose} onDone={changed} />}
            {open !== null && open !== 'add-authenticator' && open !== 'add-passkey' && (
              <RemoveDialog what={open} factors={data} onClose={onClose} onDone={changed} />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function PasskeyTable(props: { readonly passkeys: readonly Passkey[]; readonly onRemove: (passkey: Passkey) => void }) {
  return (
    <DataTable
      caption="Passkeys"
      rows={props.passkeys}
      keyOf={({ id }) => id}
      columns={[
        { head: 'Name', cell: ({ name }) => name },
        { head: 'Added', cell: ({ addedAt }) => <Moment at={addedAt} /> },
        {
          head: 'Last used',
          cell: ({ usedAt }) => (usedAt === null ? 'Never' : <Moment at={usedAt} />),
        },
        {
          head: 'Action',
          cell: (passkey) => (
            <button type="button" class="small danger" onClick={() => props.onRemove(passkey)}>
              Remove {passkey.name}
            </button>
          ),
        },
      ]}
    />
  );
}

function RemoveDialog(props: {
  readonly what: Passkey | 'remove-authenticator';
  readonly factors: SecondFactorList;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}) {
  const { what, factors, onClose, onDone } = props;
  const isLast = factors.passkeys.length + (factors.authenticator ? 1 : 0) === 1;
  const [title, path] =
    what === 'remove-authenticator'
      ? ['Remove authenticator', '/v1/second-factor/disable']
      : [`Remove ${what.name}`, `/v1/passkeys/${what.id}/remove`];
  return (
    <Dialog title={title} onClose={onClose}>
      <ProofForm
        {...{ factors, onClose, label: 'Remove', danger: true }}
        onProof={async (body) => {
          await callPanel('access', path, { method: 'POST', body });
          await onDone();
        }}
      >
        <p>
          {isLast
            ? 'You will sign in with your password only. Your recovery codes stop working.'
            : 'It no longer works at sign-in. Your other second factors stay.'}
        </p>
      </ProofForm>
    </Dialog>
  );
}
