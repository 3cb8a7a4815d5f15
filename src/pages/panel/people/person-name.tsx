// The person behind an action, by name for administrators and by ID for others. The name never comes from the API page
// of a single user, because the audit log records that reading where there is a national ID.
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
