// Invitations: created with a role and a duration, their link shown once, listed, searched and sorted while they are valid,
// withdrawn.
import { useRef, useState } from 'preact/hooks';
import { typedCount } from '../../../domain/text/typed-number.ts';
import type { Invitation } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { byLatest, bySoonest, byText, hasText, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded } from '../parts/page.tsx';
import { SearchField, SortField, useListOrder, useListSearch } from '../parts/use-list-order.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { roleEffects, roleNames, roleOptions } from './person-words.ts';
import { OneTimeSecret } from './shown-once.tsx';
import { useUserNames } from './user-names.ts';

/** Days that an invitation may be valid: the limits of the service. */
const daysDefault = '7';
const daysMax = 30;

/** In the address beside those of the list of people. */
const searchParameter = 'invitations';
const sortParameter = 'invitations-sort';
const orders: readonly [ListOrder<Invitation>, ...ListOrder<Invitation>[]] = [
  { value: '', name: 'Expiry, earliest first', compare: bySoonest(({ expiresAt }) => expiresAt) },
  { value: 'created', name: 'Newest first', compare: byLatest(({ createdAt }) => createdAt) },
  { value: 'role', name: 'Role', compare: byText(({ role }) => roleNames[role]) },
];

export function Invitations() {
  const invitations = useRemote<{ invitations: readonly Invitation[] }>('access', '/v1/invitations');
  const [open, setOpen] = useState<'new' | Invitation | null>(null);
  return (
    <section class="first-is-labelled" aria-labelledby="invitations-heading">
      <h2 id="invitations-heading">Invitations</h2>
      <Loaded of={invitations}>
        {(data) =>
          data.invitations.length === 0 ? (
            <Empty title="No open invitations">
              <p>An invitation is a link to register with the role that you choose.</p>
            </Empty>
          ) : (
            <InvitationTable invitations={data.invitations} onWithdraw={setOpen} />
          )
        }
      </Loaded>
      <div class="acts">
        <button type="button" class="primary" onClick={() => setOpen('new')}>
          Invite a person
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
  const text = useListSearch(searchParameter);
  const order = useListOrder(orders, sortParameter);
  const creatorName = (userId: string): string => userName(userId) ?? userId;
  const matches = props.invitations.filter(
    ({ role, createdBy }) => hasText(roleNames[role], text) || hasText(creatorName(createdBy), text),
  );
  return (
    <>
      <div class="filters" role="search" aria-label="Invitations">
        <SearchField label="Find invitations by role or creator" parameter={searchParameter} />
        <SortField label="Sort invitations by" orders={orders} order={order} parameter={sortParameter} />
      </div>
      {matches.length === 0 ? (
        <Empty title="No invitations match" />
      ) : (
        <OpenInvitations rows={inOrder(matches, order)} creatorName={creatorName} onWithdraw={props.onWithdraw} />
      )}
    </>
  );
}

function OpenInvitations(props: {
  readonly rows: readonly Invitation[];
  readonly creatorName: (userId: string) => string;
  readonly onWithdraw: (invitation: Invitation) => void;
}) {
  return (
    <DataTable
      caption="Open invitations"
      hideCaption
      rows={props.rows}
      keyOf={({ id }) => id}
      columns={[
        { head: 'Role', cell: ({ role }) => roleNames[role] },
        { head: 'Created by', cell: ({ createdBy }) => <bdi>{props.creatorName(createdBy)}</bdi> },
        { head: 'Created', cell: ({ createdAt }) => <Moment at={createdAt} /> },
        { head: 'Expires', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
        {
          head: 'Action',
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
    <ConfirmDialog title="Withdraw invitation" act={act} actLabel="Withdraw" danger onClose={onClose}>
      <p>The link for the role {roleNames[invitation.role].toLowerCase()} will stop working.</p>
    </ConfirmDialog>
  );
}

function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const [role, setRole] = useState<Invitation['role']>('official');
  const [days, setDays] = useState(daysDefault);
  const [link, setLink] = useState<string | null>(null);
  const created = useRef(false);
  const [showFaults, setShowFaults] = useState(false);
  const refresh = useRefresh();
  const daysNumber = typedCount(days);
  const right = Number.isInteger(daysNumber) && daysNumber >= 1 && daysNumber <= daysMax;
  const act = useAct(async () => {
    const body = { role, days: daysNumber };
    const { data } = await callPanel<{ token: string }>('access', '/v1/invitations', { method: 'POST', body });
    created.current = true;
    setLink(`${location.origin}/register#${data.token}`);
    await refresh('access');
  });
  const submit = (): void => {
    setShowFaults(true);
    if (!right) return;
    // An invitation that was only proposed has no link.
    void act.run().then((done) => {
      if (done && !created.current) onClose();
    });
  };
  if (link !== null) {
    return (
      <Dialog title="Invitation link" onClose={onClose}>
        <p>
          Send this link to the person by a secure channel. It works once, for the role {roleNames[role].toLowerCase()}.
          You cannot see it again.
        </p>
        <OneTimeSecret text={link} what="link" />
        <button type="button" class="primary" onClick={onClose}>
          Done
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite a person" onClose={onClose}>
      <DialogForm {...{ act, onClose }} label="Create link" onSubmit={submit}>
        <SelectField label="Role" hint={`${roleEffects[role]}.`} value={role} onValue={setRole} options={roleOptions} />
        <TextField
          {...{ label: 'Valid for (days)', inputMode: 'numeric', value: days, onValue: setDays }}
          hint={`From 1 to ${daysMax} days.`}
          fault={showFaults && !right ? `Enter a whole number from 1 to ${daysMax}.` : undefined}
        />
      </DialogForm>
    </Dialog>
  );
}
