// How this part is connected until the `elections` service exists: who runs `popvote election` acts as that service,
// with its key file, its Redis user and its right to call `ballots`.
import { z } from 'zod';
import { systemClock } from '../platform/clock.ts';
import { json, readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { createLogger } from '../platform/logger.ts';
import { publicJwk } from '../platform/new-keys.ts';
import { callsTlsFields, callsTlsOf } from '../platform/private-calls-tls.ts';
import { createPrivateClient } from '../platform/private-calls.ts';
import { connectRedis, redisReady } from '../platform/redis.ts';
import { signingKey, verificationKeys } from '../platform/signatures.ts';
import { electionsKeys } from '../protocol/key-files.ts';
import type { Publishing } from './load-election.ts';

/** Longest wait for Redis to take commands, in milliseconds. */
const redisMsMax = 5_000;

export const ballotsCallerEnvironment = z.object({
  ELECTIONS_KEYS: json(electionsKeys).describe('The key file of elections: give ELECTIONS_KEYS_FILE.'),
  BALLOTS_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:9103')
    .describe('Private address of ballots, such as http://ballots:9103.'),
  ...callsTlsFields,
});
export const electionsEnvironment = ballotsCallerEnvironment.extend({
  EDGE_REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Address of the edge Redis with the user and password of elections: redis://elections:…@host:6379.'),
});
export type BallotsCaller = Pick<Publishing, 'ballots'> & { readonly keys: z.infer<typeof electionsKeys> };

/** Calls to `ballots` alone. */
export async function withBallots<Result>(
  environment: Environment,
  work: (parts: BallotsCaller) => Promise<Result>,
): Promise<Result> {
  const settings = readEnvironment(ballotsCallerEnvironment, environment);
  const keys = settings.ELECTIONS_KEYS;
  const ballots = createPrivateClient({
    origin: settings.BALLOTS_ORIGIN,
    service: 'ballots',
    caller: { name: 'elections', jwk: keys.caller },
    clock: systemClock,
    connectionsMax: 4,
    tls: callsTlsOf(settings),
  });
  try {
    return await work({ ballots, keys });
  } finally {
    await ballots.close();
  }
}

/** Calls to `ballots`, and the edge Redis to publish in. */
export async function withPublishing<Result>(
  environment: Environment,
  work: (parts: Publishing) => Promise<Result>,
): Promise<Result> {
  const settings = readEnvironment(electionsEnvironment, environment);
  return withBallots(environment, async ({ ballots, keys }) => {
    const redis = connectRedis(settings.EDGE_REDIS_URL, createLogger('elections', 'silent'));
    try {
      if (!(await redisReady(redis, redisMsMax))) {
        throw new Error('The edge Redis does not answer at EDGE_REDIS_URL, or refuses its user and password.');
      }
      const publishers = verificationKeys([publicJwk(keys.publisher)]);
      return await work({ ballots, redis, publisher: signingKey(keys.publisher), publishers });
    } finally {
      redis.disconnect();
    }
  });
}
