// Bodies of the control API of `elections` about an election that is about to open or is open: the live page, the
// history of turnout, and readiness. They contain numbers only: no count by option, no data of a single voter, and
// numbers of voters in whole steps of K until the end.
import { z } from 'zod';
import { shownTurnout } from './election-lifecycle-api.ts';
import { count, electionId, instant } from '../public-values.ts';

/** Samples of a turnout's history in one answer. */
export const turnoutSamplesMax = 720;

const sessionCount = count.describe('Sessions that began with this verification method or switched to it.');
const proved = count.describe('Sessions whose phone was verified by this method.');
const ofMethod = z.object({ started: sessionCount, confirmed: proved });

export const funnel = z
  .object({
    step: z
      .int()
      .min(1)
      .describe('These counts are rounded down to whole steps of this number, which is constant outside rehearsals.'),
    started: count.describe('Sessions begun. A person who begins twice is two sessions.'),
    confirmed: count.describe('Sessions whose phone was verified.'),
    cast: count.describe('Sessions whose ballot was recorded; the same ballot sent again counts once, nearly always.'),
    byMethod: z.object({ 'text-in': ofMethod, code: ofMethod, 'text-in-confirmed': ofMethod }),
  })
  .meta({ id: 'VerificationFunnel' });
export type Funnel = z.infer<typeof funnel>;

/** `resting`: paused because it failed too often; `silent`: no `sms` process has reported it for half a minute. */
export const providerStates = ['working', 'resting', 'silent'] as const;

export const shownProvider = z
  .object({
    name: z.string().describe('The name in the configuration.'),
    receives: z.boolean().describe('Voters can send texts to it.'),
    sends: z.boolean().describe('It sends codes.'),
    state: z
      .enum(providerStates)
      .describe('resting: paused because sending failed too often; silent: no `sms` process has reported it for 30 s.'),
    sent: count.describe('Texts that it accepted within the window, for all elections, in steps like the funnel.'),
    failed: count.describe('Texts that it did not accept, likewise.'),
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
  'clocks-differ',
  'codes-unavailable',
  'control-redis-away',
  'edge-redis-away',
  'notices-not-sent',
  'outbox-not-draining',
  'platform-full',
  'platform-nearly-full',
  'provider-resting',
  'publication-missing',
  'sealing-unavailable',
  'sms-silent',
  'text-codes-in-excess',
  'text-in-unavailable',
  'votes-missing',
] as const;
export type AlarmCode = (typeof alarmCodes)[number];

export const alarm = z
  .object({
    code: z.enum(alarmCodes),
    severity: z
      .enum(['alarm', 'warning'])
      .describe('alarm: voters cannot vote, or ballots are in doubt; warning: voting still works.'),
    title: z.string().describe('The effect on voters.'),
    detail: z.string().describe('The observation.'),
    next: z.string().describe('The next step.'),
  })
  .meta({ id: 'Alarm' });
export type Alarm = z.infer<typeof alarm>;

/** GET /v1/elections/{electionId}/live */
export const liveAnswer = z
  .object({
    at: instant.describe('Time of this answer.'),
    turnout: shownTurnout,
    funnel: funnel.nullable().describe('null before the first session, or while the edge Redis is unavailable.'),
    queues: z.object({
      outbox: count
        .nullable()
        .describe('Sealed ballots that are not in the box yet, in whole steps; null while `ballots` is unavailable.'),
      batches: z
        .object({ files: count, rows: count.describe('Rows of those files.') })
        .nullable()
        .describe(
          'Files that wait to be checked; null if batches are not a channel, or while the control Redis is unavailable.',
        ),
    }),
    providers: z.array(shownProvider).nullable().describe('null while the edge Redis is unavailable.'),
    alarms: z.array(alarm).describe('Empty if there is nothing to report. Alarms first.'),
  })
  .meta({ id: 'Live' });
export type Live = z.infer<typeof liveAnswer>;

/** GET /v1/elections/{electionId}/turnout-history */
export const turnoutHistory = z
  .object({
    electionId,
    step: z.int().min(1).describe('The step of `online` before the end, so that no single voter is visible.'),
    samples: z
      .array(
        z.object({
          at: instant,
          online: count.describe('Ballots cast by voters until then, rounded down to whole steps.'),
          batches: count.describe('Rows of paper ballots until then.'),
        }),
      )
      .max(turnoutSamplesMax)
      .describe('Oldest first; at most one per minute, and only if something changed. The last is always the latest.'),
  })
  .meta({ id: 'TurnoutHistory' });
export type TurnoutHistory = z.infer<typeof turnoutHistory>;

/** In the order of display. */
export const readinessNames = [
  'definition',
  'announcement',
  'capacity',
  'intake',
  'sealing',
  'publication',
  'verification',
  'text-in',
  'code',
  'simulator',
  'roll',
  'devices',
  'batches',
  'public-log',
  'clocks',
  'rehearsal',
  'two-people',
  'second-factor',
] as const;
export type ReadinessName = (typeof readinessNames)[number];

export const readinessCheck = z
  .object({
    name: z.enum(readinessNames),
    state: z.enum(['ok', 'warning', 'failed']),
    observed: z.string().describe('The observation.'),
    next: z.string().optional().describe('The next step; absent if the check passed.'),
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
        'The checks for this election, such as `roll` only if there is one, and `devices` only if voters may get cards.',
      ),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
