// Signed heads of the record of administrative acts, from Redis. Each is verified before it is served, once for each text.
import { parseJson } from '../../../platform/json.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { prepareJson } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import {
  recordHeadList,
  recordHeadsCharactersMax,
  recordHeadsField,
  recordHeadsKey,
} from '../../../protocol/record-heads.ts';

/** The heads now, or those of the last answer while Redis is unavailable. Throws `busy`. */
export type ReadRecordHeads = () => Promise<PreparedAnswer>;

export function createRecordHeadReader(parts: {
  readonly redis: Redis;
  readonly publishers: VerificationKeys;
}): ReadRecordHeads {
  const { redis, publishers } = parts;
  let last: { readonly text: string; readonly answer: PreparedAnswer } | null = null;
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const size = await redis.hstrlen(recordHeadsKey, recordHeadsField);
    if (size > recordHeadsCharactersMax) return;
    const text = (await redis.hget(recordHeadsKey, recordHeadsField)) ?? '{"heads":[]}';
    if (text === last?.text) return;
    const heads = (recordHeadList.safeParse(parseJson(text)).data?.heads ?? []).filter(({ head, signature }) =>
      valueIsSigned(publishers, head, signature),
    );
    // Redis may come back empty. What was served stays.
    if (heads.length === 0 && last !== null) return;
    last = { text, answer: prepareJson({ heads }) };
  };
  return async () => {
    // Requests at the same time share one reading.
    reading ??= read().finally(() => (reading = null));
    await reading.catch(() => undefined);
    if (last === null) throw new Problem('busy', retrySoon());
    return last.answer;
  };
}
