// Signs the head of the chained record and publishes it: in the edge Redis, for `api`, and in the public log of heads. A head
// that was published stays: one that contradicts it is reported and replaces nothing.
import { parseJson } from '../../../platform/json.ts';
import { signValue, valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import {
  recordHeadList,
  recordHeadsCharactersMax,
  recordHeadsField,
  recordHeadsKey,
  recordHeadsMax,
  signedRecordHead,
} from '../../../protocol/record-heads.ts';
import type { RecordHeadList, SignedRecordHead } from '../../../protocol/record-heads.ts';
import type { Pool } from '../../../store/database.ts';
import { auditHead } from '../../../store/elections/audit.ts';
import { addSignedHead, isHeadDue, listSignedHeads } from '../../../store/elections/record-heads.ts';
import type { HeadLog } from './head-log.ts';

/** Time after which a head with new entries is signed, in seconds. */
const headSeconds = 3_600;
/** Most signed heads that a verification compares, and that are added to their log at once: the newest. */
const headsComparedMax = 10_000;

export type RecordHeads = {
  /** Signs the head now, stores it and publishes it. Null while the record is empty. */
  sign(): Promise<SignedRecordHead | null>;
  signIfDue(): Promise<void>;
  /** Writes the newest heads to Redis, and all heads to their log, where they are missing. */
  publish(): Promise<void>;
  /** Signed heads, from the database and from Redis. One number may have two that contradict each other. */
  all(): Promise<readonly SignedRecordHead[]>;
};

export function createRecordHeads(parts: {
  readonly pool: Pool;
  readonly edgeRedis: Redis;
  /** Null where the installation has no public log. */
  readonly headLog: HeadLog | null;
  readonly publisher: SigningKey;
  readonly publishers: VerificationKeys;
  readonly clock: Clock;
  readonly logger: Logger;
}): RecordHeads {
  const { pool, edgeRedis, headLog, publisher, publishers, clock, logger } = parts;
  const log = headLog?.origin;
  const isSigned = ({ head, signature }: SignedRecordHead): boolean => valueIsSigned(publishers, head, signature);
  const stored = async (limit: number): Promise<SignedRecordHead[]> =>
    (await listSignedHeads(pool, limit))
      .flatMap((document) => signedRecordHead.safeParse(document).data ?? [])
      .filter(isSigned);
  const published = async (): Promise<RecordHeadList> => {
    const text = await edgeRedis.hget(recordHeadsKey, recordHeadsField);
    if (text === null || text.length > recordHeadsCharactersMax) return { heads: [] };
    const list = recordHeadList.safeParse(parseJson(text)).data ?? { heads: [] };
    return { ...list, heads: list.heads.filter(isSigned) };
  };
  const publish = async (): Promise<void> => {
    await headLog?.add(await stored(headsComparedMax)).catch((error: unknown) => {
      logger.warn({ err: error }, 'record-heads.not-logged');
    });
    const { heads: existing, log: existingLog } = await published();
    const byNumber = new Map(existing.map((signed) => [signed.head.number, signed]));
    for (const signed of await stored(recordHeadsMax)) {
      const { number, hash } = signed.head;
      const earlier = byNumber.get(number);
      if (earlier && earlier.head.hash !== hash) logger.error({ number }, 'record-heads.contradiction');
      if (!earlier) byNumber.set(number, signed);
    }
    const newestFirst = [...byNumber.values()].sort((a, b) => b.head.number - a.head.number);
    const heads = newestFirst.slice(0, recordHeadsMax);
    const isSame = heads.length === existing.length && heads.every((signed, place) => signed === existing[place]);
    if (isSame && log === existingLog) return;
    await edgeRedis.hset(recordHeadsKey, recordHeadsField, JSON.stringify({ heads, log }));
  };
  const sign = async (): Promise<SignedRecordHead | null> => {
    const { number, hash } = await auditHead(pool);
    if (number === 0) return null;
    const signedAt = new Date(clock()).toISOString();
    const head = { record: 'popvote/record/v1', number, hash: hash.toString('hex'), signedAt } as const;
    const signed = { head, signature: signValue(publisher, head) };
    await addSignedHead(pool, number, signed);
    // The schedule repeats it after a failure.
    await publish().catch((error: unknown) => logger.warn({ err: error }, 'record-heads.not-published'));
    return signed;
  };
  return {
    sign,
    async signIfDue() {
      if (await isHeadDue(pool, headSeconds)) await sign();
    },
    publish,
    async all() {
      return [...(await stored(headsComparedMax)), ...(await published().catch(() => ({ heads: [] }))).heads];
    },
  };
}
