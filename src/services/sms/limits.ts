// The limits of `sms`. While Redis is unavailable they reject (`verification-unavailable`), because uncounted texts
// could be sent without limit.
import { createRateLimit } from '../../platform/rate-limits.ts';
import type { RateLimit } from '../../platform/rate-limits.ts';
import type { Redis } from '../../platform/redis.ts';

export function createSmsLimit(
  redis: Redis,
  kind: string,
  options: { readonly points: number; readonly seconds: number },
): RateLimit {
  return createRateLimit({
    redis,
    keyPrefix: `limits:sms:${kind}`,
    points: options.points,
    seconds: options.seconds,
    whenUnavailable: { kind: 'reject', problem: 'verification-unavailable' },
  });
}
