// What operators do with administrators: `popvote admin create` and the first `npm start` make one who needs no approval,
// with a password for one login, which must replace it, stored only as a hash. `popvote admin suspend` suspends one.
import { randomUUID } from 'node:crypto';
import { email as emailSchema } from '../../protocol/control/access-api.ts';
import type { AccessAct } from '../../protocol/control/access-acts.ts';
import { recordAct } from '../../store/access/acts.ts';
import { createAdministrator, suspendAdministrator } from '../../store/access/users.ts';
import type { AdministratorSuspended } from '../../store/access/users.ts';
import { openPool } from '../../store/database.ts';
import { oneTimePassword } from './one-time-password.ts';
import { createPasswords } from './passwords.ts';

export type AdministratorIssued =
  /** `renewed`: the administrator existed and had never logged in. The earlier password is now invalid. */
  | { readonly outcome: 'created' | 'renewed'; readonly email: string; readonly password: string }
  /** Users exist already, and `onlyFirst` was set. */
  | { readonly outcome: 'present' }
  | { readonly outcome: 'email-taken' | 'email-invalid' };

/**
 * Creates an administrator with a one-time password. With `onlyFirst` it does so only if there is no user at all, as at
 * the first start. Otherwise it adds one, for example when no administrator can log in any more. `databaseUrl` is that
 * of the role popvote_access.
 */
export async function issueAdministrator(request: {
  readonly databaseUrl: string;
  readonly email: string;
  readonly forename: string;
  readonly surname: string;
  readonly onlyFirst: boolean;
}): Promise<AdministratorIssued> {
  const email = emailSchema.safeParse(request.email);
  if (!email.success) return { outcome: 'email-invalid' };
  const pool = openPool(request.databaseUrl, { name: 'popvote-administrator', connectionsMax: 1 });
  try {
    const password = oneTimePassword();
    const passwordHash = await (await createPasswords()).hash(password);
    const { forename, surname } = request;
    const id = randomUUID();
    const outcome = await createAdministrator(
      pool,
      { id, email: email.data, forename, surname, passwordHash },
      { first: request.onlyFirst },
    );
    if (outcome === 'created' || outcome === 'renewed') await recordAct(pool, randomUUID(), operatorAct(outcome, id));
    return outcome === 'created' || outcome === 'renewed' ? { outcome, email: email.data, password } : { outcome };
  } finally {
    await pool.end();
  }
}

export type AdministratorStopped = AdministratorSuspended['outcome'] | 'email-invalid';

/**
 * Suspends an administrator and ends the sessions, for when one of two is not to be trusted any more: no administrator
 * can do it alone. `databaseUrl` is that of the role popvote_access.
 */
export async function stopAdministrator(request: {
  readonly databaseUrl: string;
  readonly email: string;
}): Promise<AdministratorStopped> {
  const email = emailSchema.safeParse(request.email);
  if (!email.success) return 'email-invalid';
  const pool = openPool(request.databaseUrl, { name: 'popvote-administrator', connectionsMax: 1 });
  try {
    const suspended = await suspendAdministrator(pool, email.data);
    if (suspended.outcome !== 'suspended') return suspended.outcome;
    const act = { act: 'operator.suspend-administrator', outcome: 'done', actor: null, user: suspended.id } as const;
    await recordAct(pool, randomUUID(), act);
    return 'suspended';
  } finally {
    await pool.end();
  }
}

/** An account that existed keeps its id, which is not known here. */
const operatorAct = (outcome: 'created' | 'renewed', user: string): AccessAct => ({
  act: outcome === 'created' ? 'operator.create-administrator' : 'operator.renew-administrator',
  outcome: 'done',
  actor: null,
  ...(outcome === 'created' && { user }),
});
