// Bodies of the control API of `elections` about an election that is about to open or is open: what a polling page
// shows, the growth of turnout, and readiness. They contain numbers only: no count by option, nothing of a single
// voter, and numbers of voters in whole steps of K until the end.
import { z } from 'zod';
import { shownTurnout } from './election-lifecycle-api.ts';
import { count, electionId, instant } from '../public-values.ts';

/** Samples of a turnout's history in one answer. */
export const turnoutSamplesMax = 720;

const sessionCount = count.describe('Sessions begun by this way to verify, or that went over to it.');
const proved = count.describe('Sessions whose phone was verified by it.');
const ofMethod = z.object({ started: sessionCount, confirmed: proved });

export const funnel = z
  .object({
    step: z.int().min(1).describe('All of these are rounded down to whole steps of this; outside rehearsals it stays.'),
    started: count.describe('Sessions begun. A person who begins twice is two sessions.'),
    confirmed: count.describe('Sessions whose phone was verified.'),
    cast: count.describe('Sessions whose ballot was recorded; the same ballot sent again counts once, nearly always.'),
    byMethod: z.object({ 'text-in': ofMethod, code: ofMethod }),
  })
  .meta({ id: 'VerificationFunnel' });
export type Funnel = z.infer<typeof funnel>;

/** `resting`: paused because it failed too often; `silent`: no `sms` process has reported it for half a minute. */
export const providerStates = ['working', 'resting', 'silent'] as const;

export const shownProvider = z
  .object({
    name: z.string().describe('As the operator named it.'),
    receives: z.boolean().describe('Voters can text to it.'),
    sends: z.boolean().describe('Codes are sent by it.'),
    state: z
      .enum(providerStates)
      .describe(
        'resting: left alone for a while, for sending failed too often; silent: no `sms` spoke of it for 30 s.',
      ),
    sent: count.describe('Texts that it took within the window, for all elections, in steps like the funnel.'),
    failed: count.describe('Texts that it did not take, likewise.'),
    windowMinutes: z.int().min(1),
  })
  .meta({ id: 'ProviderHealth' });
export type ShownProvider = z.infer<typeof shownProvider>;

export const alarmCodes = [
  'ballots-away',
  'ballots-in-excess',
  'ballots-missing',
  'batch-incomplete',
  'box-away',
  'codes-unavailable',
  'control-redis-away',
  'edge-redis-away',
  'outbox-not-draining',
  'provider-resting',
  'publication-missing',
  'sealing-unavailable',
  'sms-silent',
  'text-in-unavailable',
] as const;
export type AlarmCode = (typeof alarmCodes)[number];

export const alarm = z
  .object({
    code: z.enum(alarmCodes),
    severity: z
      .enum(['alarm', 'warning'])
      .describe('alarm: voters cannot vote, or ballots are in doubt; warning: voting still works.'),
    title: z.string().describe('What it means for voters.'),
    detail: z.string().describe('What was seen.'),
    next: z.string().describe('What to do.'),
  })
  .meta({ id: 'Alarm' });
export type Alarm = z.infer<typeof alarm>;

/** GET /v1/elections/{electionId}/live */
export const liveAnswer = z
  .object({
    at: instant.describe('When this was put together.'),
    turnout: shownTurnout,
    funnel: funnel.nullable().describe('null before the first session, or where the edge Redis is unavailable.'),
    queues: z.object({
      outbox: count
        .nullable()
        .describe('Sealed ballots on their way, in whole steps; null where `ballots` is unavailable.'),
      batches: z
        .object({ files: count, rows: count.describe('Rows of those files.') })
        .nullable()
        .describe(
          'Files that wait to be checked; null where batches are no channel, or the control Redis is unavailable.',
        ),
    }),
    providers: z.array(shownProvider).nullable().describe('null where the edge Redis is unavailable.'),
    alarms: z.array(alarm).describe('Empty when all is well. Alarms first.'),
  })
  .meta({ id: 'Live' });
export type Live = z.infer<typeof liveAnswer>;

/** GET /v1/elections/{electionId}/turnout-history */
export const turnoutHistory = z
  .object({
    electionId,
    step: z.int().min(1).describe('By how much `online` moves before the end: no single voter shows.'),
    samples: z
      .array(
        z.object({
          at: instant,
          online: count.describe('Ballots cast by voters until then, rounded down to whole steps.'),
          batches: count.describe('Rows of paper ballots until then.'),
        }),
      )
      .max(turnoutSamplesMax)
      .describe('Oldest first; one a minute at most, and only where something changed. The last is always the latest.'),
  })
  .meta({ id: 'TurnoutHistory' });
export type TurnoutHistory = z.infer<typeof turnoutHistory>;

/** In the order in which they are shown. */
export const readinessNames = [
  'definition',
  'announcement',
  'intake',
  'sealing',
  'publication',
  'verification',
  'text-in',
  'code',
  'roll',
  'batches',
  'clocks',
  'rehearsal',
] as const;
export type ReadinessName = (typeof readinessNames)[number];

export const readinessCheck = z
  .object({
    name: z.enum(readinessNames),
    state: z.enum(['ok', 'warning', 'failed']),
    observed: z.string().describe('What was seen.'),
    next: z.string().optional().describe('What to do; absent where all is well.'),
  })
  .meta({ id: 'ReadinessCheck' });
export type ReadinessCheck = z.infer<typeof readinessCheck>;

/** GET /v1/elections/{electionId}/readiness */
export const readiness = z
  .object({
    electionId,
    at: instant,
    checks: z
      .array(readinessCheck)
      .describe(
        'Those that concern this election: `roll` only where there is one, `batches` only where they are a channel.',
      ),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
