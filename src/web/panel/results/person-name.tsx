// Who did something, by name where one's role may read names; else by the id that the records hold.
import type { User } from '../../../protocol/access-api.ts';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';

/** People whose names are read: of later ones the id is shown. */
const peopleMax = 200;

export function PersonName({ id }: { readonly id: string }) {
  const me = useMe();
  const readable = hasRole(me, 'administrator');
  const people = useRemote<{ users: User[] }>('access', readable ? `/v1/users?limit=${peopleMax}` : null);
  if (id === 'operator') return <>the operator</>;
  const user = id === me.user.id ? me.user : people.data?.users.find((one) => one.id === id);
  return user ? (
    <>
      {user.forename} {user.surname}
    </>
  ) : (
    <>
      user <code>{id}</code>
    </>
  );
}
