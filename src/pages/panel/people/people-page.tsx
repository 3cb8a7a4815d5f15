// Accounts of election staff, for administrators: searched, filtered by role and state, sorted, and managed one by one.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { User } from '../../../protocol/control/access-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { byLatest, byText, hasText, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { SearchField, SortField, useListOrder, useListParameters, useListSearch } from '../parts/use-list-order.tsx';
import { useWholeList, WholeListNote } from '../parts/whole-list.tsx';
import { usePages, useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { countText } from '../words.ts';
import { Invitations } from './invitations.tsx';
import { ManagePerson } from './manage-person.tsx';
import { nameOf, roleNames, roleOptions, sourceNames } from './person-words.ts';

type UserPage = { readonly users: readonly User[]; readonly next: string | null };
const roles = [['', 'All roles'], ...roleOptions] as const;
const states = [
  ['', 'All states'],
  ['waiting', 'Pending approval'],
  ['active', 'Active'],
  ['suspended', 'Suspended'],
] as const;
const orders: readonly [ListOrder<User>, ...ListOrder<User>[]] = [
  { value: '', name: 'Order of joining', compare: null },
  { value: 'name', name: 'Name', compare: byText(({ surname, forename }) => `${surname} ${forename}`) },
  { value: 'email', name: 'E-mail', compare: byText(({ email }) => email) },
  { value: 'last', name: 'Last sign-in, latest first', compare: byLatest(({ lastLoginAt }) => lastLoginAt) },
];
/** Accounts in one page of the list. */
const pageUsers = 50;
/** Most pending accounts that are counted. */
const waitingMax = 200;

export function PeoplePage() {
  const [search, setSearch] = useSearchParams();
  const role = search.get('role') ?? '';
  const state = search.get('state') ?? '';
  const text = useListSearch();
  const filter = useListParameters();
  const order = useListOrder(orders);
  return (
    <PageShell title="People" acts={<Link href="/people/roles">Roles</Link>}>
      {state !== 'waiting' && <WaitingNote />}
      <div class="filters" role="search">
        <SearchField label="Find by name or e-mail" />
        <SelectField label="Role" value={role} onValue={(next) => filter({ role: next })} options={roles} />
        <SelectField label="State" value={state} onValue={(next) => filter({ state: next })} options={states} />
        <SortField orders={orders} order={order} />
      </div>
      <PeopleTable {...{ role, state, text, order }} onClear={() => setSearch({})} />
      <Invitations />
    </PageShell>
  );
}

function WaitingNote() {
  const { data } = useRemote<UserPage>('access', `/v1/users?state=waiting&limit=${waitingMax}`);
  const count = data?.users.length ?? 0;
  if (count === 0) return null;
  const countWords = `${data?.next === null ? '' : 'More than '}${countText(count, 'account')} ${count === 1 ? 'needs' : 'need'}`;
  return (
    <p class="note warn" role="status">
      {countWords} approval. <Link href="/people?state=waiting">Review</Link>
    </p>
  );
}

type Filter = {
  readonly role: string;
  readonly state: string;
  readonly text: string;
  readonly order: ListOrder<User>;
};

function PeopleTable({ role, state, text, order, onClear }: Filter & { readonly onClear: () => void }) {
  const query = new URLSearchParams({ ...(role && { role }), ...(state && { state }), limit: String(pageUsers) });
  const pages = usePages<UserPage>('access', `/v1/users?${query}`, 'after');
  const [managed, setManaged] = useState<User | null>(null);
  const read = (pages.data?.pages ?? []).flatMap((page) => page.users);
  const whole = useWholeList(pages, text.trim() !== '' || order.compare !== null, read.length);
  const matches = read.filter((user) => hasText(nameOf(user), text) || hasText(user.email, text));
  const users = inOrder(matches, order);
  // The current data: an action changes the row under the dialog.
  const current = managed && (users.find(({ id }) => id === managed.id) ?? managed);
  return (
    <Loaded of={{ data: pages.data, error: pages.error, isPending: pages.isPending }}>
      {() =>
        users.length === 0 && whole !== 'reading' ? (
          <Empty title="No people match">
            <button type="button" onClick={onClear}>
              Show everyone
            </button>
          </Empty>
        ) : (
          <>
            <WholeListNote state={whole} />
            <UsersTable users={users} onManage={setManaged} />
            {whole !== 'reading' && <ShowMore of={pages} count={users.length} />}
            {current && <ManagePerson person={current} onClose={() => setManaged(null)} />}
          </>
        )
      }
    </Loaded>
  );
}

function UsersTable({ users, onManage }: { users: readonly User[]; onManage: (user: User) => void }) {
  const me = useMe();
  return (
    <DataTable
      caption="People"
      hideCaption
      rows={users}
      keyOf={({ id }) => id}
      columns={[
        {
          head: 'Name',
          cell: (user) => (
            <>
              <bdi>{nameOf(user)}</bdi>
              {user.id === me.user.id && <span class="muted"> (you)</span>}
            </>
          ),
        },
        { head: 'E-mail', cell: ({ email }) => email },
        { head: 'Role', cell: (user) => roleNames[user.role] },
        { head: 'State', cell: (user) => <StateOf user={user} /> },
        { head: 'Second factor', cell: ({ secondFactor }) => (secondFactor ? 'On' : 'Off') },
        { head: 'Joined', cell: ({ source }) => sourceNames[source] },
        {
          head: 'Last sign-in',
          cell: ({ lastLoginAt }) => (lastLoginAt ? <Moment at={lastLoginAt} /> : 'Never'),
        },
        {
          head: 'Action',
          cell: (user) => (
            <button type="button" class="small" onClick={() => onManage(user)} aria-label={`Manage ${nameOf(user)}`}>
              Manage
            </button>
          ),
        },
      ]}
    />
  );
}

const StateOf = ({ user: { state, source } }: { readonly user: User }) => (
  <>
    <StateTag state={state} />
    {state === 'waiting' && source === 'registered' && <span class="muted"> New, not reviewed</span>}
  </>
);
