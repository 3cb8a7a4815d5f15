// The first administrator, whom nobody can approve: an operator's act, for `popvote admin create` and the first
// `npm start`. The password that it returns is for one login, which has to replace it; it stands nowhere else.
import { randomUUID } from 'node:crypto';
import { email as emailSchema } from '../../protocol/control/access-api.ts';
import { createAdministrator } from '../../store/access/users.ts';
import { openPool } from '../../store/database.ts';
import { oneTimePassword } from './one-time-password.ts';
import { createPasswords } from './passwords.ts';

export type AdministratorIssued =
  /** `renewed`: the administrator was there and had never logged in; the earlier password is void. */
  | { readonly outcome: 'created' | 'renewed'; readonly email: string; readonly password: string }
  /** There is a user already, and only the first was asked for. */
  | { readonly outcome: 'present' }
  | { readonly outcome: 'email-taken' | 'email-invalid' };

/**
 * Creates an administrator with a one-time password. `onlyFirst`: only where there is no user at all, as at the first
 * start; otherwise beside those that are there, as when all of them lost their way in. `databaseUrl` is that of the role
 * popvote_access.
 */
export async function issueAdministrator(wanted: {
  readonly databaseUrl: string;
  readonly email: string;
  readonly forename: string;
  readonly surname: string;
  readonly onlyFirst: boolean;
}): Promise<AdministratorIssued> {
  const email = emailSchema.safeParse(wanted.email);
  if (!email.success) return { outcome: 'email-invalid' };
  const pool = openPool(wanted.databaseUrl, { name: 'popvote-administrator', connectionsMax: 1 });
  try {
    const password = oneTimePassword();
    const passwordHash = await (await createPasswords()).hash(password);
    const { forename, surname } = wanted;
    const outcome = await createAdministrator(
      pool,
      { id: randomUUID(), email: email.data, forename, surname, passwordHash },
      { first: wanted.onlyFirst },
    );
    return outcome === 'created' || outcome === 'renewed' ? { outcome, email: email.data, password } : { outcome };
  } finally {
    await pool.end();
  }
}
