// Who did something, by name where the reader may know names: administrators may, and others see the id.
import type { User } from '../../../protocol/access-api.ts';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';

export function PersonName({ userId }: { readonly userId: string }) {
  const me = useMe();
  const isUser = /^[0-9a-f-]{36}$/.test(userId);
  const asked = isUser && userId !== me.user.id && hasRole(me, 'administrator');
  const { data } = useRemote<{ user: User }>('access', asked ? `/v1/users/${userId}` : null);
  if (userId === me.user.id) return <>you</>;
  if (data !== undefined) return <bdi>{`${data.user.forename} ${data.user.surname}`}</bdi>;
  return isUser ? <code>{userId}</code> : <>{userId === 'operator' ? 'the operator' : userId}</>;
}
