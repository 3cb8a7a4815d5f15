// What each process of `sms` says of its providers in the edge Redis, for the control panel: a report that is written
// every few seconds and soon forgotten. No number, text or voter stands in it.
import { z } from 'zod';

/** Between two reports of a process, in milliseconds. */
export const reportEveryMs = 5_000;
/** A process whose report is older than this is silent, in milliseconds. */
export const reportSilentMs = 30_000;
/** After this nobody speaks of it any more, in seconds. */
export const reportSeconds = 600;
/** Minutes of which texts are counted. */
export const reportWindowMinutes = 10;
/** Reports that are read, the newest first: more processes than anybody runs. */
export const reportsMax = 64;
/** Longest report that is read, in bytes. */
export const reportBytesMax = 8_192;

/** A sorted set of processes by the time of their last report, in milliseconds. */
export const reportsKey = 'provider-health';
/** A string: JSON of `providerReport`. A process's id is random and lives as long as it does. */
export const reportKey = (process: string): string => `provider-health:${process}`;

export const providerReport = z.object({
  atMs: z.int(),
  channels: z.object({
    textIn: z.boolean().describe('Voters can text in.'),
    code: z.boolean().describe('Codes can be sent: a provider works, and caps and money leave room.'),
  }),
  providers: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9-]{1,32}$/),
        receives: z.boolean(),
        sends: z.boolean(),
        resting: z.boolean().describe('Left alone for a while, for it failed too often.'),
        sent: z.int().min(0),
        failed: z.int().min(0),
      }),
    )
    .max(16),
});
export type ProviderReport = z.infer<typeof providerReport>;

/** Rules of who reports, and of who reads: each a selector of its own, so that no other command reaches these keys. */
export const reportWriterRules: readonly string[] = [
  '(~provider-health ~provider-health:* +zadd +zrem +zremrangebyscore +set +del +expire)',
];
export const reportReaderRules: readonly string[] = ['(%R~provider-health %R~provider-health:* +zrevrange +getrange)'];
