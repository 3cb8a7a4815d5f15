// The report of each `sms` process on its providers in the edge Redis, for the control panel: written every few seconds
// and soon expired. It contains no number, text or voter.
import { z } from 'zod';

/** Between two reports of a process, in milliseconds. */
export const reportEveryMs = 5_000;
/** A process whose report is older than this is silent, in milliseconds. */
export const reportSilentMs = 30_000;
/** The report expires after this, in seconds. */
export const reportSeconds = 600;
/** Minutes over which texts are counted. */
export const reportWindowMinutes = 10;
/** Most reports that are read, newest first: more than the number of processes in any installation. */
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
    confirmation: z.boolean().default(false).describe('The same of codes back to phones that texted.'),
  }),
  notices: z
    .object({ sent: z.int().min(0), failed: z.int().min(0) })
    .default({ sent: 0, failed: 0 })
    .describe('Notices to verified phones: sent, and not sent for a reason that the operator can remove.'),
  providers: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9-]{1,32}$/),
        receives: z.boolean(),
        sends: z.boolean(),
        resting: z.boolean().describe('Left alone for a while, for it failed too often.'),
        sent: z.int().min(0),
        failed: z.int().min(0),
        simulated: z.boolean().optional().describe('The simulator: anyone can be any phone.'),
      }),
    )
    .max(16),
});
export type ProviderReport = z.infer<typeof providerReport>;

/** Rules for reporting and for reading: each a separate selector, so that no other command reaches these keys. */
export const reportWriterRules: readonly string[] = [
  '(~provider-health ~provider-health:* +zadd +zrem +zremrangebyscore +set +del +expire)',
];
export const reportReaderRules: readonly string[] = ['(%R~provider-health %R~provider-health:* +zrevrange +getrange)'];
