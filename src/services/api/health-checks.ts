// Health checks for traffic. Only the documents are required. Without Redis ballots are still cast and documents
// served, so one failed dependency must not take every process out of service.
import { z } from 'zod';
import type { HealthCheck } from '../../platform/health/health.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import type { PublicationSource } from './documents/publication-source.ts';

/** Longest wait for another service, in milliseconds. */
const aliveMsMax = 1_000;

export function apiHealthChecks(parts: {
  readonly source: PublicationSource;
  readonly redis: Redis;
  readonly sms: PrivateClient;
  readonly ballots: PrivateClient;
}): readonly HealthCheck[] {
  const alive = async (client: PrivateClient): Promise<boolean> => {
    const answer = z.object({ status: z.literal('ok') });
    await client.call({ method: 'GET', path: '/livez', answer, msMax: aliveMsMax });
    return true;
  };
  return [
    { name: 'documents', required: true, check: () => Promise.resolve(parts.source.loaded()) },
    { name: 'redis', required: false, check: () => parts.redis.ping().then(() => true) },
    { name: 'sms', required: false, check: () => alive(parts.sms) },
    { name: 'ballots', required: false, check: () => alive(parts.ballots) },
  ];
}
