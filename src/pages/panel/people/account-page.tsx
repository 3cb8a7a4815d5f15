// The account page: name and role, password, second factor and sessions. Secrets that are shown once are not kept.
import { PageShell } from '../parts/page.tsx';
import { Moment } from '../parts/moment.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { useMe } from '../session/session.tsx';
import { Link } from 'wouter-preact';
import { OwnPassword } from './own-password.tsx';
import { OwnSecondFactor } from './own-second-factor.tsx';
import { OwnSessions } from './own-sessions.tsx';
import { roleNames, sourceNames } from './person-words.ts';

export function AccountPage() {
  const { user } = useMe();
  return (
    <PageShell title="Your account" tag={<StateTag state={user.state} />}>
      <dl class="facts">
        <dt>Name</dt>
        <dd>
          {user.forename} {user.surname}
        </dd>
        <dt>E-mail</dt>
        <dd>{user.email}</dd>
        <dt>Role</dt>
        <dd>
          {roleNames[user.role]} – <Link href={`/people/roles?role=${user.role}`}>see what this role can do</Link>
        </dd>
        <dt>Account since</dt>
        <dd>
          <Moment at={user.createdAt} />, {sourceNames[user.source].toLowerCase()}
        </dd>
        <dt>National ID</dt>
        <dd>{user.identityScheme === null ? 'Not provided' : `Stored encrypted (${user.identityScheme})`}</dd>
      </dl>
      <OwnPassword />
      <OwnSecondFactor />
      <OwnSessions />
    </PageShell>
  );
}
