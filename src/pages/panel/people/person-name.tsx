// Who did something, by name where the reader may know names: administrators may, and others see the id. Never from one
// user's own page of the API, whose reading goes on record where it holds a national id.
import { useUserNames } from './user-names.ts';
import { useMe } from '../session/session.tsx';

export function PersonName({ userId }: { readonly userId: string }) {
  const me = useMe();
  const name = useUserNames()(userId);
  if (userId === me.user.id) return <>you</>;
  if (name !== null) return <bdi>{name}</bdi>;
  const isUser = /^[0-9a-f-]{36}$/.test(userId);
  return isUser ? <code>{userId}</code> : <>{userId === 'operator' ? 'the operator' : userId}</>;
}
