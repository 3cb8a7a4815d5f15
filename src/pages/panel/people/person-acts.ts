// An administrator's actions on an account, and what each one ends. The service enforces the rules: the last
// administrator stays, and no one changes their own role.
import type { User } from '../../../protocol/control/access-api.ts';

export type PersonAct = {
  readonly kind:
    | 'approve'
    | 'correct'
    | 'role'
    | 'suspend'
    | 'lift'
    | 'one-time-password'
    | 'second-factor'
    | 'end-sessions'
    | 'remove';
  readonly label: string;
  /** The effect, in a sentence. */
  readonly effect: string;
  readonly danger?: boolean;
};

/** The available actions on this account for the signed-in user. */
export function actsOn(person: User, me: string): readonly PersonAct[] {
  const own = person.id === me;
  const acts: (PersonAct | false)[] = [
    !own &&
      person.state === 'waiting' && {
        kind: 'approve',
        label: 'Approve',
        effect: 'Lets the person use the panel with this role.',
      },
    {
      kind: 'correct',
      label: 'Correct name or e-mail',
      effect: 'Corrects a mistake. Another e-mail address ends the person’s sessions; they sign in with the new one.',
    },
    !own && { kind: 'role', label: 'Change role', effect: 'Changes the person’s role and ends all their sessions.' },
    !own &&
      person.state === 'active' && {
        kind: 'suspend',
        label: 'Suspend',
        danger: true,
        effect: 'Ends all sessions and blocks the account until you lift the suspension.',
      },
    person.state === 'suspended' && {
      kind: 'lift',
      label: 'Lift suspension',
      effect: 'Lets the person sign in again.',
    },
    !own && {
      kind: 'one-time-password',
      label: 'One-time password',
      effect: 'For a forgotten password. Ends all sessions; the new password works once.',
    },
    !own &&
      person.secondFactor && {
        kind: 'second-factor',
        label: 'Remove second factor',
        danger: true,
        effect: 'For a lost authenticator. Ends all sessions; the person signs in with the password only.',
      },
    {
      kind: 'end-sessions',
      label: 'End sessions',
      effect: 'Signs the person out everywhere. They can sign in again.',
    },
    !own && {
      kind: 'remove',
      label: 'Delete account',
      danger: true,
      effect: 'Permanently deletes the account and ends its sessions. The audit log keeps the person’s actions.',
    },
  ];
  return acts.filter((act): act is PersonAct => act !== false);
}
