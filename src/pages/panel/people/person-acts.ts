// What an administrator may do with an account, and what each act ends. The service decides all the same: the last
// administrator stays one, and nobody changes their own role.
import type { User } from '../../../protocol/control/access-api.ts';

export type PersonAct = {
  readonly kind:
    'approve' | 'role' | 'suspend' | 'lift' | 'one-time-password' | 'second-factor' | 'end-sessions' | 'remove';
  readonly label: string;
  /** What it does, in a sentence. */
  readonly effect: string;
  readonly danger?: boolean;
};

/** The acts that make sense for this account, for whoever is signed in. */
export function actsOn(person: User, me: string): readonly PersonAct[] {
  const own = person.id === me;
  const acts: (PersonAct | false)[] = [
    !own &&
      person.state === 'waiting' && {
        kind: 'approve',
        label: 'Approve',
        effect: 'Lets the account in with its role.',
      },
    !own && { kind: 'role', label: 'Change role', effect: 'Gives another role and ends all sessions of the person.' },
    !own &&
      person.state === 'active' && {
        kind: 'suspend',
        label: 'Suspend',
        danger: true,
        effect: 'Ends all sessions at once; nobody signs in with the account until it is lifted.',
      },
    person.state === 'suspended' && {
      kind: 'lift',
      label: 'Lift the suspension',
      effect: 'Lets the person sign in again.',
    },
    {
      kind: 'one-time-password',
      label: 'One-time password',
      effect: 'For who forgot the password: the old one and all sessions end, the new one works once.',
    },
    person.secondFactor && {
      kind: 'second-factor',
      label: 'Remove second factor',
      danger: true,
      effect: 'For who lost the authenticator: the password alone signs in, and all sessions end.',
    },
    {
      kind: 'end-sessions',
      label: 'End sessions',
      effect: 'Signs the person out everywhere. Signing in again is possible.',
    },
    !own && {
      kind: 'remove',
      label: 'Remove',
      danger: true,
      effect: 'The account is gone for good and its sessions end. What the person did stays on record.',
    },
  ];
  return acts.filter((act): act is PersonAct => act !== false);
}
