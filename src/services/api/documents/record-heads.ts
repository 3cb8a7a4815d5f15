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
import { createTextOfRedis } from './redis-text.ts';

/** The heads now, or those of the last answer while Redis is unavailable. Throws `busy`. */
export type ReadRecordHeads = () => Promise<PreparedAnswer>;

export function createRecordHeadReader(parts: {
  readonly redis: Redis;
  readonly publishers: VerificationKeys;
}): ReadRecordHeads {
  const { redis, publishers } = parts;
  const read = createTextOfRedis<PreparedAnswer>({
    redis,
    key: recordHeadsKey,
    field: recordHeadsField,
    charactersMax: recordHeadsCharactersMax,
    take(text, last) {
      const { heads: all, log } = recordHeadList.safeParse(parseJson(text ?? '')).data ?? { heads: [] };
      const heads = all.filter(({ head, signature }) => valueIsSigned(publishers, head, signature));
      // Redis may come back empty. What was served stays.
      return heads.length === 0 && last !== null ? null : prepareJson({ heads, log });
    },
  });
  return async () => {
    const answer = await read();
    if (answer === null) throw new Problem('busy', retrySoon());
    return answer;
  };
}
