// The registry of the acts of administrators on users that concern another administrator: their exact parameters, and
// how each is carried out. An act of one administrator and a confirmed proposal are carried out by the same entry.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { invitationRequest, userChange } from '../../../protocol/control/access-api.ts';
import type { Invitation, User } from '../../../protocol/control/access-api.ts';
import type { UserActName } from '../../../protocol/control/user-proposals-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ProblemCode } from '../../../protocol/problem.ts';
import { createInvitation } from '../../../store/access/invitations.ts';
import { changeUser, deleteUser, findUser, issueOneTimePassword } from '../../../store/access/users.ts';
import type { Transaction } from '../../../store/certain-query.ts';
import type { Pool } from '../../../store/database.ts';
import type { AuditEvent } from '../audit.ts';
import { oneTimePassword } from '../one-time-password.ts';
import type { Passwords } from '../passwords.ts';
import type { SecretTokens } from '../secret-tokens.ts';
import { invitationView, userView } from '../user-views.ts';

/** Most valid invitations at once. */
const invitationsMax = 1_000;

export type UserActResults = {
  readonly 'change-user': { readonly user: User };
  readonly 'remove-user': object;
  readonly 'issue-one-time-password': { readonly password: string };
  readonly invite: { readonly invitation: Invitation; readonly token: string };
};
type Parts = { readonly pool: Pool; readonly passwords: Passwords; readonly tokens: SecretTokens };
type Event = Omit<AuditEvent, 'outcome' | 'actor'>;
type Refused = { readonly outcome: keyof typeof codes };
type Done<Result> = {
  readonly outcome: 'done';
  /** Sessions that it ended. */
  readonly ended: readonly string[];
  /** What was done; empty where nothing changed. */
  readonly events: readonly Event[];
  readonly result: () => Result | Promise<Result>;
};
/** Works in a transaction that is rolled back if the act is refused or only proposed. */
export type PerformUserAct<Result> = (transaction: Transaction) => Promise<Done<Result> | Refused>;
type UserAct<Parameters, Result> = {
  readonly parameters: z.ZodType<Parameters>;
  /** Whether it concerns another administrator. What people do to themselves does not. */
  readonly concernsOthers: (actor: string, user: string, parameters: Parameters) => boolean;
  readonly event: (user: string, parameters: Parameters) => Event;
  readonly prepare: (actor: string, user: string, parameters: Parameters) => Promise<PerformUserAct<Result>>;
};
export type UserActs = ReturnType<typeof createUserActs>;
export type ParametersOfUserAct<Name extends UserActName> = z.infer<UserActs[Name]['parameters']>;

export function createUserActs(parts: Parts) {
  return {
    'change-user': changeAct(parts),
    'remove-user': removeAct(parts),
    'issue-one-time-password': passwordAct(parts),
    invite: inviteAct(parts),
  } satisfies Record<UserActName, unknown>;
}

const ready = <Perform>(perform: Perform): Promise<Perform> => Promise.resolve(perform);

function changeAct({ pool }: Parts): UserAct<z.infer<typeof userChange>, UserActResults['change-user']> {
  const event = (user: string, { role, state, secondFactor, ...names }: z.infer<typeof userChange>) => {
    const removes = secondFactor === false && (role ?? state) === undefined && Object.keys(names).length === 0;
    const act = removes ? 'second-factor.remove' : 'user.change';
    return { act, user, ...(role && { role }), ...(state && { state }) } as const;
  };
  return {
    parameters: userChange,
    // A second factor is removed from one's own account with a proof of it (POST /v1/second-factor/disable).
    concernsOthers: (actor, user, { role, state, email, secondFactor }) =>
      secondFactor === false || (actor !== user && (role ?? state ?? email) !== undefined),
    event,
    prepare: (actor, user, change) =>
      ready(async (on) => {
        const { secondFactor, ...rest } = change;
        // Usually a mistake, and it could be a way to give up the office unnoticed.
        if (actor === user && (change.role ?? 'administrator') !== 'administrator') return { outcome: 'own-role' };
        const changed = await changeUser(
          on,
          { actor, user },
          { ...defined(rest), removeSecondFactor: secondFactor === false },
        );
        if (changed.outcome !== 'changed' && changed.outcome !== 'unchanged') return changed;
        const result = async () => ({ user: await existingUser(pool, user) });
        if (changed.outcome === 'unchanged') return { outcome: 'done', ended: [], events: [], result };
        const { roleBefore, stateBefore, corrected, ended } = changed;
        const done = {
          ...event(user, change),
          act: 'user.change',
          roleBefore,
          stateBefore,
          ...(corrected.length > 0 && { corrected }),
        } as const;
        const removed = secondFactor === false ? [{ act: 'second-factor.remove', user } as const] : [];
        return { outcome: 'done', ended, events: [done, ...removed], result };
      }),
  };
}

const nothing = z.strictObject({});

function removeAct(_parts: Parts): UserAct<z.infer<typeof nothing>, UserActResults['remove-user']> {
  const event = (user: string) => ({ act: 'user.delete', user }) as const;
  return {
    parameters: nothing,
    concernsOthers: (actor, user) => actor !== user,
    event,
    prepare: (actor, user) =>
      ready(async (on) => {
        const deleted = await deleteUser(on, { actor, user });
        if (deleted.outcome !== 'deleted') return deleted;
        return { outcome: 'done', ended: deleted.ended, events: [event(user)], result: () => ({}) };
      }),
  };
}

function passwordAct({
  passwords,
}: Parts): UserAct<z.infer<typeof nothing>, UserActResults['issue-one-time-password']> {
  const event = (user: string) => ({ act: 'password.issue-one-time', user }) as const;
  return {
    parameters: nothing,
    // One's own password is replaced with a proof of it (POST /v1/password).
    concernsOthers: () => true,
    event,
    async prepare(actor, user) {
      const password = oneTimePassword();
      const hash = await passwords.hash(password);
      return async (on) => {
        const issued = await issueOneTimePassword(on, { actor, user }, hash);
        if (issued.outcome !== 'issued') return issued;
        return { outcome: 'done', ended: issued.ended, events: [event(user)], result: () => ({ password }) };
      };
    },
  };
}

function inviteAct({ tokens }: Parts): UserAct<z.infer<typeof invitationRequest>, UserActResults['invite']> {
  return {
    parameters: invitationRequest,
    // An auditor only reads.
    concernsOthers: (_actor, _user, { role }) => role !== 'auditor',
    event: (_user, { role }) => ({ act: 'invitation.create', role }),
    prepare: (actor, _user, { role, days }) =>
      ready(async (on) => {
        const id = randomUUID();
        const token = tokens.make();
        const tag = tokens.tag('invitation', token);
        const created = await createInvitation(on, { actor, id, tag, role, days, invitationsMax });
        if (created.outcome !== 'created') return created;
        const invitation = invitationView({ id, role, createdBy: actor, ...created });
        const events = [{ act: 'invitation.create', invitation: id, role } as const];
        return { outcome: 'done', ended: [], events, result: () => ({ invitation, token }) };
      }),
  };
}

export async function existingUser(pool: Pool, id: string): Promise<User> {
  const user = await findUser(pool, id);
  if (!user) throw new Problem('user-not-found');
  return userView(user);
}

type Defined<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };
const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>;

const codes = {
  'not-found': 'user-not-found',
  // The actor lost the role of administrator after the token was checked.
  'not-admitted': 'role-not-allowed',
  'last-administrator': 'last-administrator',
  'email-taken': 'email-taken',
  'own-role': 'conflict',
  conflict: 'conflict',
} as const satisfies Record<string, ProblemCode>;

export function userActRejection({ outcome }: Refused): Problem {
  const detail = outcome === 'email-taken' || outcome === 'own-role' ? { detail: details[outcome] } : {};
  return new Problem(codes[outcome], detail);
}
const details = {
  'own-role': 'Ask another administrator to change your role. Nothing was changed.',
  'email-taken':
    'Another account has this e-mail address. Use another address, or correct that account first. Nothing was changed.',
};
