// Stores under the present keys what is stored under older ones: national ids, their names, and secrets of authenticators.
// So an old key can be dropped some time after the newer one is in use. It runs at the start and every hour, for what a
// process with the older ring stored meanwhile. What cannot be read is logged, and does not prevent the rest.
import { createAttempt, createFaultLog } from '../../platform/fault-log.ts';
import type { Attempt } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop } from '../../platform/loop.ts';
import type { SealedTexts } from '../../platform/keys/sealed-texts.ts';
import { listSealed, renewFactor, renewIdentity } from '../../store/access/key-renewal.ts';
import type { SealedUser } from '../../store/access/key-renewal.ts';
import type { Pool } from '../../store/database.ts';
import type { NationalIds } from './national-ids.ts';

/** Users in one statement. */
const partUsersMax = 500;
/** Between two runs, in milliseconds. */
const renewalMs = 3_600_000;
/** After a run in which something failed, in milliseconds. */
const failureMs = renewalMs / 60;

type Parts = {
  readonly pool: Pool;
  readonly nationalIds: NationalIds;
  readonly secrets: SealedTexts;
  readonly logger: Logger;
};

export function createKeyRenewal(parts: Parts): Loop {
  const { pool, logger } = parts;
  let failures = 0;
  const attempt = createAttempt(createFaultLog(logger, 'warn'), 'keys.not-renewed', () => (failures += 1));
  return createLoop({
    async turn(signal) {
      let renewed = 0;
      failures = 0;
      for (let after = 0; !signal.aborted;) {
        const users = await listSealed(pool, after, partUsersMax);
        for (const user of users) renewed += await renew(parts, user, attempt);
        if (users.length < partUsersMax) break;
        after = users.at(-1)?.number ?? after;
      }
      if (failures > 0) return failureMs;
      // The operator waits for this line before an old key is dropped.
      logger.info({ renewed }, 'keys.renewed');
      return renewalMs;
    },
    failureMs,
    onError: (error, signal) => {
      if (!signal.aborted) logger.warn({ err: error }, 'keys.not-renewed');
    },
  });
}

async function renew(
  { pool, nationalIds, secrets, logger }: Parts,
  user: SealedUser,
  attempt: Attempt,
): Promise<number> {
  let renewed = 0;
  const { id, scheme, identity, factor } = user;
  if (scheme !== null && identity !== null) {
    const stored = { scheme, sealed: identity, tags: user.tags };
    const present = await attempt(`national id of ${id}`, () => nationalIds.renewed(stored, id));
    if (present) {
      const isOne = await renewIdentity(pool, id, { before: identity, ...present });
      if (isOne) renewed += 1;
      else logger.error({ userId: id }, 'keys.identity-of-two-users');
    }
  }
  if (factor === null) return renewed;
  const sealed = await attempt(`authenticator of ${id}`, async () =>
    secrets.isNewest(factor) ? null : secrets.seal(await secrets.open(factor, id), id),
  );
  if (sealed === null || sealed === undefined) return renewed;
  await renewFactor(pool, id, { before: factor, sealed });
  return renewed + 1;
  return renewed;
}
