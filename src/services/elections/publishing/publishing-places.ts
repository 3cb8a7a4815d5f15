// The Redis instances to which elections are published, with how many ended elections stay in each.
import type { Redis } from '../../../platform/redis.ts';
import {
  endedBytesMax,
  endedElectionsMax,
  endedPaperBytesMax,
  endedPaperElectionsMax,
} from '../../../protocol/current-elections.ts';
import type { PublishingPlace } from './publishing.ts';

/** The order is the one of the comparison in readiness checks. */
export const publishingPlaces = (edgeRedis: Redis, controlRedis: Redis): readonly PublishingPlace[] => [
  { redis: edgeRedis, ended: { elections: endedElectionsMax, bytes: endedBytesMax } },
  { redis: controlRedis, ended: { elections: endedPaperElectionsMax, bytes: endedPaperBytesMax } },
];
