// The signed lists of the files of the voters' page, from Redis: one for each key of the publisher. Each is verified before it is
// served, and none goes back.
import { parseJson } from '../../../platform/json.ts';
import { prepareJson } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Redis } from '../../../platform/redis.ts';
import { pageLists, pageListsCharactersMax, pageListsField, pageListsKey } from '../../../protocol/record/page-list.ts';
import { createTextOfRedis } from './redis-text.ts';

/** The list that this key signed; null where there is none. */
export type ReadPageList = (kid: string) => Promise<PreparedAnswer | null>;

type Lists = ReadonlyMap<string, { readonly revision: number; readonly answer: PreparedAnswer }>;

export function createPageListReader(parts: {
  readonly redis: Redis;
  readonly publishers: VerificationKeys;
}): ReadPageList {
  const { redis, publishers } = parts;
  const read = createTextOfRedis<Lists>({
    redis,
    key: pageListsKey,
    field: pageListsField,
    charactersMax: pageListsCharactersMax,
    take(text, last) {
      const merged = new Map(last);
      for (const list of pageLists.safeParse(parseJson(text ?? '')).data?.lists ?? []) {
        const { client, signature } = list;
        const isNewer = client.revision > (merged.get(signature.kid)?.revision ?? 0);
        if (isNewer && valueIsSigned(publishers, client, signature))
          merged.set(signature.kid, { revision: client.revision, answer: prepareJson(list) });
      }
      return merged;
    },
  });
  return async (kid) => (await read())?.get(kid)?.answer ?? null;
}
