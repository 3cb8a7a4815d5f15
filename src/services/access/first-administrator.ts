// The first administrator, who needs no approval. Operators use this by `popvote admin create` and the first `npm
// start`. The returned password works for one login, which must replace it. It is stored only as a hash.
import { randomUUID } from 'node:crypto';
import { email as emailSchema } from '../../protocol/control/access-api.ts';
import type { AccessAct } from '../../protocol/control/access-acts.ts';
import { recordAct } from '../../store/access/acts.ts';
import { createAdministrator } from '../../store/access/users.ts';
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

/** An account that existed keeps its id, which is not known here. */
const operatorAct = (outcome: 'created' | 'renewed', user: string): AccessAct => ({
  act: outcome === 'created' ? 'operator.create-administrator' : 'operator.renew-administrator',
  outcome: 'done',
  actor: null,
  ...(outcome === 'created' && { user }),
});
