// A text that `elections` writes to a hash of Redis, read for requests. What it says is verified once for each text.
import type { Redis } from '../../../platform/redis.ts';

/**
 * The value now, or that of the last answer while Redis is unavailable; null before the first one. `take` returns the value of a
 * text (null: Redis has none), or null to keep the last value. Requests at the same time share one reading.
 */
export function createTextOfRedis<Value>(parts: {
  readonly redis: Redis;
  readonly key: string;
  readonly field: string;
  /** Longest text that is read, in characters. */
  readonly charactersMax: number;
  readonly take: (text: string | null, last: Value | null) => Value | null;
}): () => Promise<Value | null> {
  const { redis, key, field, charactersMax, take } = parts;
  let lastText: string | null | undefined;
  let last: Value | null = null;
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    if ((await redis.hstrlen(key, field)) > charactersMax) return;
    const text = await redis.hget(key, field);
    if (text === lastText) return;
    last = take(text, last) ?? last;
    lastText = text;
  };
  return async () => {
    reading ??= read().finally(() => (reading = null));
    await reading.catch(() => undefined);
    return last;
  };
}
