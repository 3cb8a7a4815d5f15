// Invitations: made with a role and days, their link shown once, listed while they hold, withdrawn.
import { useState } from 'preact/hooks';
import type { Invitation } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { roleEffects, roleNames, roleOptions } from './person-words.ts';
import { ShownOnce } from './shown-once.tsx';
import { ownZone } from '../session/own-zone.ts';
import { useUserNames } from './user-names.ts';

/** Days that an invitation may hold: as the service takes them. */
const daysDefault = '7';
const daysMax = 30;

export function Invitations() {
  const invitations = useRemote<{ invitations: readonly Invitation[] }>('access', '/v1/invitations');
  const [open, setOpen] = useState<'new' | Invitation | null>(null);
  return (
    <section class="first-is-labelled" aria-labelledby="invitations-heading">
      <h2 id="invitations-heading">Invitations</h2>
      <Loaded of={invitations}>
        {(data) =>
          data.invitations.length === 0 ? (
            <Empty title="No invitation is open">
              <p>Whoever you invite registers with a link, and with the role that you choose.</p>
            </Empty>
          ) : (
            <InvitationTable invitations={data.invitations} onWithdraw={setOpen} />
          )
        }
      </Loaded>
      <div class="acts">
        <button type="button" class="primary" onClick={() => setOpen('new')}>
          Invite somebody
        </button>
      </div>
      {open === 'new' && <InviteDialog onClose={() => setOpen(null)} />}
      {open !== null && open !== 'new' && <WithdrawDialog invitation={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

function InvitationTable(props: {
  readonly invitations: readonly Invitation[];
  readonly onWithdraw: (invitation: Invitation) => void;
}) {
  const userName = useUserNames();
  return (
    <DataTable
      caption="Open invitations"
      hideCaption
      rows={props.invitations}
      keyOf={({ id }) => id}
      columns={[
        { head: 'Role', cell: ({ role }) => roleNames[role] },
        { head: 'Made by', cell: ({ createdBy }) => userName(createdBy) ?? createdBy },
        { head: 'Made', cell: ({ createdAt }) => <Moment at={createdAt} zone={ownZone} /> },
        { head: 'Ends', cell: ({ expiresAt }) => <Moment at={expiresAt} zone={ownZone} /> },
        {
          head: 'Act',
          cell: (invitation) => (
            <button type="button" class="small" onClick={() => props.onWithdraw(invitation)}>
              Withdraw
            </button>
          ),
        },
      ]}
    />
  );
}

function WithdrawDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('access', `/v1/invitations/${invitation.id}`, { method: 'DELETE' });
    await refresh('access');
  });
  return (
    <ConfirmDialog title="Withdraw the invitation" act={act} actLabel="Withdraw it" danger onClose={onClose}>
      <p>Nobody can register with it any more. It was for one {roleNames[invitation.role].toLowerCase()}.</p>
    </ConfirmDialog>
  );
}

function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const [role, setRole] = useState<Invitation['role']>('official');
  const [days, setDays] = useState(daysDefault);
  const [link, setLink] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const refresh = useRefresh();
  const right = /^\d{1,2}$/.test(days.trim()) && Number(days) >= 1 && Number(days) <= daysMax;
  const act = useAct(async () => {
    const body = { role, days: Number(days) };
    const { data } = await callPanel<{ token: string }>('access', '/v1/invitations', { method: 'POST', body });
    setLink(`${location.origin}/register#${data.token}`);
    await refresh('access');
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (right) void act.run();
  };
  if (link !== null) {
    return (
      <Dialog title="The invitation" onClose={onClose}>
        <p>
          Send this link to the person by a way that you trust. It is shown this once, works once and brings the role{' '}
          {roleNames[role].toLowerCase()}.
        </p>
        <ShownOnce text={link} what="the link" />
        <button type="button" class="primary" onClick={onClose}>
          I have sent it
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection} />
        <SelectField
          label="Role"
          hint={`It ${roleEffects[role]}.`}
          value={role}
          onValue={setRole}
          options={roleOptions}
        />
        <TextField
          {...{ label: 'Days that it holds', inputMode: 'numeric', value: days, onValue: setDays }}
          hint={`1 to ${daysMax}.`}
          fault={tried && !right ? `Enter a whole number from 1 to ${daysMax}.` : undefined}
        />
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            Make the link
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
