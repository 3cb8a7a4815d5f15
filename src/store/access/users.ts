// Users as the database stores them, and the actions of administrators and users on an account. One statement each. The
// database decides, and ends the affected sessions in the same commit.
import type { NationalIdScheme, UserRole, UserSource, UserState } from '../../domain/user.ts';
import { certainRows, sqlState } from '../certain-query.ts';
import type { Transaction } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredUser = {
  readonly id: string;
  /** The order of registration. */
  readonly number: number;
  readonly email: string;
  readonly forename: string;
  readonly surname: string;
  readonly role: UserRole;
  readonly state: UserState;
  readonly source: UserSource;
  readonly identityScheme: NationalIdScheme | null;
  readonly secondFactor: boolean;
  readonly createdAtMs: number;
  readonly lastLoginAtMs: number | null;
};

const userColumns = `user_id as id, number, email, forename, surname, role, state, source,
  identity_scheme as "identityScheme", second_factor as "secondFactor", created_at_ms as "createdAtMs",
  last_login_at_ms as "lastLoginAtMs"`;

/** A national id as it is stored: a keyed hash under each key for its uniqueness, and the encrypted number. */
export type StoredIdentity = {
  readonly scheme: NationalIdScheme;
  readonly tags: readonly Buffer[];
  readonly sealed: string;
};

export type NewUser = {
  readonly id: string;
  readonly email: string;
  readonly forename: string;
  readonly surname: string;
  readonly passwordHash: string;
  readonly identity: StoredIdentity | null;
  /** Whether a user without an invitation may log in at once. */
  readonly approved: boolean;
  /** Keyed hash of the invitation. */
  readonly invitation: Buffer | null;
};

export type RegistrationOutcome =
  | { readonly outcome: 'registered'; readonly role: UserRole; readonly state: UserState; readonly source: UserSource }
  | { readonly outcome: 'invitation-refused' | 'email-taken' | 'identity-taken' };

export async function registerUser(pool: Pool, user: NewUser): Promise<RegistrationOutcome> {
  const [row] = await certainRows<RegistrationOutcome>(pool, {
    text: 'select outcome, role, state, source from pv.register_person($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [
      user.id,
      user.email,
      user.forename,
      user.surname,
      user.passwordHash,
      user.identity?.scheme,
      user.identity?.tags,
      user.identity?.sealed,
      user.approved,
      user.invitation,
    ],
  });
  return only(row);
}

export type NewAdministrator = Pick<NewUser, 'id' | 'email' | 'forename' | 'surname' | 'passwordHash'>;
export type AdministratorCreated = 'created' | 'renewed' | 'present' | 'email-taken';

/** For the operator. `first`: only where there is no user at all. */
export async function createAdministrator(
  pool: Pool,
  user: NewAdministrator,
  options: { readonly first: boolean },
): Promise<AdministratorCreated> {
  const [row] = await certainRows<{ outcome: AdministratorCreated }>(pool, {
    text: 'select pv.create_administrator($1, $2, $3, $4, $5, $6) as outcome',
    values: [user.id, user.email, user.forename, user.surname, user.passwordHash, options.first],
  });
  return only(row).outcome;
}

export type AdministratorSuspended =
  | { readonly outcome: 'suspended'; readonly id: string }
  | { readonly outcome: 'already' | 'not-found' | 'last-administrator' };

/** For the operator. */
export async function suspendAdministrator(pool: Pool, email: string): Promise<AdministratorSuspended> {
  return unlessLast(
    certainRows<Exclude<AdministratorSuspended, { outcome: 'last-administrator' }>>(pool, {
      text: 'select outcome, user_id as id from pv.suspend_administrator($1)',
      values: [email],
    }),
  );
}

export type UserFilter = { readonly after: number; readonly state?: UserState; readonly role?: UserRole };

/** At most `limit` users that registered after the one with this number, in order. */
export async function listUsers(pool: Pool, filter: UserFilter, limit: number): Promise<StoredUser[]> {
  const { rows } = await pool.query<StoredUser>(`select ${userColumns} from pv.list_users($1, $2, $3, $4)`, [
    filter.after,
    filter.state ?? null,
    filter.role ?? null,
    limit,
  ]);
  return rows;
}

export async function findUser(pool: Pool, id: string): Promise<StoredUser | null> {
  const { rows } = await pool.query<StoredUser>(`select ${userColumns} from pv.find_user($1)`, [id]);
  return rows[0] ?? null;
}

export async function findIdentity(
  pool: Pool,
  id: string,
): Promise<{ readonly scheme: NationalIdScheme; readonly sealed: string } | null> {
  const { rows } = await pool.query<{ scheme: NationalIdScheme; sealed: string }>(
    'select identity_scheme as scheme, identity_sealed as sealed from pv.find_identity($1)',
    [id],
  );
  return rows[0] ?? null;
}

/** Administrators who can sign in and confirm an act of another. */
export async function countConfirmers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ confirmers: number }>('select pv.count_confirmers() as confirmers');
  return only(rows[0]).confirmers;
}

/** Users of each role who can sign in, and how many of them have no second factor. */
export async function countFactors(
  pool: Pool,
): Promise<readonly { readonly role: UserRole; readonly users: number; readonly without: number }[]> {
  const { rows } = await pool.query<{ role: UserRole; users: number; without: number }>(
    'select role, users, without_factor as without from pv.count_factors()',
  );
  return rows;
}

export type StoredPassword = {
  readonly email: string;
  readonly forename: string;
  readonly surname: string;
  readonly passwordHash: string;
};

/** The password hash of a user who may log in, and the words that the password must not contain. */
export async function findPassword(pool: Pool, id: string): Promise<StoredPassword | null> {
  const { rows } = await pool.query<StoredPassword>(
    'select email, forename, surname, password_hash as "passwordHash" from pv.find_password($1)',
    [id],
  );
  return rows[0] ?? null;
}

/** `ended`: the sessions that the action ended. `last-administrator`: refused by the database, nothing was changed. */
export type AccountActionOutcome<Done extends string> =
  | { readonly outcome: Done; readonly ended: readonly string[] }
  | { readonly outcome: 'not-found' | 'not-admitted' | 'last-administrator' };

export type Changed = {
  readonly role?: UserRole;
  readonly state?: 'active' | 'suspended';
  readonly removeSecondFactor: boolean;
  readonly email?: string;
  readonly forename?: string;
  readonly surname?: string;
};
type Before = {
  readonly roleBefore: UserRole;
  readonly stateBefore: UserState;
  /** The names and the address that were changed. */
  readonly corrected: readonly ('email' | 'forename' | 'surname')[];
};

export async function changeUser(
  on: Transaction,
  by: { readonly actor: string; readonly user: string },
  change: Changed,
): Promise<
  AccountActionOutcome<'unchanged'> | (AccountActionOutcome<'changed'> & Before) | { readonly outcome: 'email-taken' }
> {
  const { role = null, state = null, removeSecondFactor, email = null, forename = null, surname = null } = change;
  return unlessLast(
    certainRows<{ outcome: 'changed'; ended: string[] } & Before>(on, {
      text: `select outcome, ended, role_before as "roleBefore", state_before as "stateBefore", corrected
        from pv.change_user($1, $2, $3, $4, $5, $6, $7, $8)`,
      values: [by.actor, by.user, role, state, removeSecondFactor, email, forename, surname],
    }),
  );
}

export async function deleteUser(
  on: Transaction,
  by: { readonly actor: string; readonly user: string },
): Promise<AccountActionOutcome<'deleted'>> {
  return unlessLast(
    certainRows<{ outcome: 'deleted'; ended: string[] }>(on, {
      text: 'select outcome, ended from pv.delete_user($1, $2)',
      values: [by.actor, by.user],
    }),
  );
}

export async function issueOneTimePassword(
  on: Transaction,
  by: { readonly actor: string; readonly user: string },
  passwordHash: string,
): Promise<AccountActionOutcome<'issued'>> {
  return unlessLast(
    certainRows<{ outcome: 'issued'; ended: string[] }>(on, {
      text: 'select outcome, ended from pv.issue_one_time_password($1, $2, $3)',
      values: [by.actor, by.user, passwordHash],
    }),
  );
}

/** For administrators: the user may log in again. */
export async function endSessionsOfUser(
  pool: Pool,
  by: { readonly actor: string; readonly user: string },
): Promise<AccountActionOutcome<'ended'>> {
  return unlessLast(
    certainRows<{ outcome: 'ended'; ended: string[] }>(pool, {
      text: 'select outcome, ended from pv.end_sessions_of_user($1, $2)',
      values: [by.actor, by.user],
    }),
  );
}

/** Replaces exactly the password whose hash was checked. `keep`: the session that continues. */
export async function setPassword(
  pool: Pool,
  change: { readonly user: string; readonly oldHash: string; readonly newHash: string; readonly keep: string | null },
): Promise<{ readonly outcome: 'set' | 'refused'; readonly ended: readonly string[] }> {
  const [row] = await certainRows<{ outcome: 'set' | 'refused'; ended: string[] }>(pool, {
    text: 'select outcome, ended from pv.set_password($1, $2, $3, $4)',
    values: [change.user, change.oldHash, change.newHash, change.keep],
  });
  return only(row);
}

async function unlessLast<Row>(rows: Promise<Row[]>): Promise<Row | { readonly outcome: 'last-administrator' }> {
  try {
    return only((await rows)[0]);
  } catch (error) {
    if (sqlState(error) === 'PV010') return { outcome: 'last-administrator' };
    throw error;
  }
}

function only<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('The database answered without a row.');
  return row;
}
