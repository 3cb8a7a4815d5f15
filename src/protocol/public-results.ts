// The signed bodies of turnout and results. A turnout has no choices. Results are computed from the box alone, so that
// counting the same box again gives the same bytes: they contain no time and no name. The outermost objects are open: a
// later version may add fields, and readers pass them on.
import { z } from 'zod';
import { optionsMax } from '../domain/election.ts';
import { tieRules } from '../domain/counting/contest-law.ts';
import { seatMethodNames, winnerMethodNames } from '../domain/counting/method-table.ts';
import { base, countedRequirement, quorum, share } from './contest-law.ts';
import { acceptedLoss, participationMark } from './proofs/participation-mark.ts';
import { stationId } from './paper-rules.ts';
import { count, electionId, instant, localId } from './public-values.ts';
import { countedRecord } from './record/log-values.ts';

/** By channel. `batches` counts the rows of batches, valid or not, unless they were withdrawn; `eligible` is present where there is a roll. */
export const turnoutBody = z
  .looseObject({
    electionId,
    revision: count.describe('Only grows.'),
    countedAt: instant,
    final: z.boolean().describe('After the end of voting, when nothing is added any more.'),
    eligible: count.nullable().describe('People on the roll; null where there is none.'),
    online: count.describe('Ballots cast by voters.'),
    batches: count.describe('Rows of paper ballots received, valid or not, without withdrawn batches.'),
    interrupted: z
      .literal(true)
      .optional()
      .describe(
        'Recorded votes are missing. No one can vote until the organiser accepts the loss. Numbers are earlier ones.',
      ),
    mark: participationMark
      .optional()
      .describe('Keep it: an election whose databases do not have it has lost recorded votes.'),
  })
  .meta({ id: 'Turnout' });
export type TurnoutBody = z.infer<typeof turnoutBody>;

const fraction = z.strictObject({ numerator: count, denominator: z.int().min(1) });
const quotient = z.strictObject({
  optionId: localId,
  votes: count,
  divisor: z.int().min(1).describe('In parts of the denominator of firstDivisor, where the count has one.'),
});
const lot = z.strictObject({ order: z.array(localId).min(2).max(optionsMax), note: z.string().min(1).max(2_000) });
const tie = z.strictObject({
  tied: z.array(localId).describe('More options than can win.'),
  seatsLeft: z.int().min(1),
  lot: lot.nullable().describe('How it was decided outside; null while nothing has.'),
});
const tieDecisions = z
  .array(
    z.strictObject({
      rule: z.enum(tieRules),
      tied: z.array(localId),
      places: z.int().min(1).describe('How many of them could win.'),
      winners: z.array(localId).describe('Those that the rule made win.'),
      equal: z.array(localId).describe('Those that it left equal, for the next rule or the lot.'),
    }),
  )
  .optional()
  .describe('How the tie rules of the law decided between equals; "tie" is what they left equal.');
const counted = { contestId: localId, valid: count, abstained: count };
const option = { optionId: localId, number: z.int().min(1), votes: count };

const countedQuorum = quorum
  .extend({ base: count, ballots: count, ballotsNeeded: count, met: z.boolean() })
  .describe('"base": the people entitled; "ballots": those that count for it.');

const winnerCount = z.strictObject({
  kind: z.literal('winner'),
  method: z.enum(winnerMethodNames),
  ...counted,
  options: z.array(
    z.strictObject({
      ...option,
      share: fraction.nullable().describe('Of the valid ballots; null where there are none.'),
      rank: z.int().min(1).describe('Equal votes have equal ranks.'),
    }),
  ),
  winner: localId
    .nullable()
    .describe('Null if no one is elected, while a tie is not decided, and where several are elected: see "winners".'),
  lead: count,
  majority: z.boolean().describe('Whether the first has more than half of the valid ballots.'),
  seats: count
    .optional()
    .describe('How many can be elected. This and the next ones: where the contest has seats or a law.'),
  winners: z
    .array(localId)
    .optional()
    .describe('The elected, by number on the ballot; while a tie is open, only those who are certain.'),
  seatsEmpty: count.optional().describe('Seats that stay empty: no option has votes for them, or enough.'),
  required: z
    .array(countedRequirement)
    .optional()
    .describe('What each of the elected needs. "base": the number that the share is of.'),
  quorum: countedQuorum.nullable().optional().describe('No one is elected without it.'),
  tieDecisions,
  tie: tie.nullable(),
});

const seatCount = z.strictObject({
  kind: z.literal('seats'),
  method: z.enum(seatMethodNames),
  ...counted,
  votes: count.describe('All votes for options: what shares are of.'),
  seats: count,
  threshold: z.union([
    z.strictObject({ perMyriad: count.describe('In hundredths of a percent, of the votes.'), votesNeeded: count }),
    z.strictObject({
      share,
      of: base,
      moreThan: z.literal(true).optional(),
      base: count.describe('The number that the share is of.'),
      votesNeeded: count,
      localSeats: count.optional().describe('An option with fewer votes takes part if it won so many local contests.'),
    }),
  ]),
  quorum: countedQuorum.optional().describe('That of the law. No seat is shared without it.'),
  undecided: z
    .literal(true)
    .optional()
    .describe('An open tie in a local contest decides who takes part. Until then no seat is shared.'),
  firstDivisor: fraction
    .optional()
    .describe(
      'That of the law. Every divisor of this count is in parts of its denominator: 14 is 1.4 where that is 10.',
    ),
  options: z.array(
    z.strictObject({
      ...option,
      share: fraction.nullable(),
      standing: z.enum(['eligible', 'below-threshold', 'no-votes', 'withdrawn']),
      votesNeeded: count.optional().describe('Where the option has another threshold than the contest.'),
      groupVotes: count.optional().describe('Its votes in all contests that share the threshold.'),
      localSeats: count.optional().describe('The local contests that it won, where the threshold has localSeats.'),
      factor: fraction.optional().describe('Its quotients are multiplied by this.'),
      candidates: count.optional().describe('The length of the list.'),
      seats: count.describe('While a tie is open, only the seats that are certain.'),
      nextDivisor: z.int().min(1).nullable().describe('votes ÷ nextDivisor claims one more seat.'),
      votesToNextSeat: count.nullable().describe('How many more votes would have brought one more seat.'),
    }),
  ),
  seatsEmpty: count,
  steps: z.array(quotient.extend({ seat: z.int().min(1), equalToPrevious: z.boolean() })),
  stepsOmitted: count.describe('Earlier seats that "steps" leaves out.'),
  nextSeat: z.array(quotient).describe('What one more seat would have gone to; several are tied for it.'),
  lastSeat: z
    .strictObject({ winners: z.array(quotient), runnersUp: z.array(quotient.extend({ votesShort: count })) })
    .nullable(),
  tieDecisions,
  tie: tie.nullable(),
});

export const contestCount = z.discriminatedUnion('kind', [winnerCount, seatCount]).meta({ id: 'ContestCount' });

/** received = valid + invalid, in each channel. */
const reconciled = z.strictObject({ received: count, valid: count, invalid: count });

/** Why a row of a batch is not counted, in the words that officials know. */
export const invalidReasons = ['Duplicate ballot.', 'Invalid poll number.', 'Withdrawn batch.'] as const;
export type InvalidRowReason = (typeof invalidReasons)[number];

export const resultsBody = z
  .looseObject({
    electionId,
    revision: count.describe('Grows with each new publication of results, such as after a drawing of lots.'),
    closedAt: instant.describe('When voting ended.'),
    rehearsal: z.boolean(),
    turnout: z.strictObject({
      eligible: count.nullable(),
      online: count,
      batches: count.describe('Rows of batches that were not withdrawn, valid or not.'),
    }),
    reconciliation: z.strictObject({
      online: reconciled.describe(
        'Invalid: ballots under a key that another ballot had. Only altered clients make them, and the first ballot counts.',
      ),
      batches: reconciled.extend({
        files: count,
        invalidByReason: z.array(z.strictObject({ reason: z.enum(invalidReasons), rows: z.int().min(1) })),
        missing: count.describe('Missing rows of files that were accepted incomplete.'),
      }),
    }),
    acceptedLosses: z
      .array(acceptedLoss)
      .optional()
      .describe('Losses of recorded votes that the organiser accepted, the first one first.'),
    record: countedRecord.optional().describe('The public log whose ballots were counted, where the election has one.'),
    contests: z.array(contestCount).describe('In the order of the election.'),
    stations: z
      .array(
        reconciled.extend({
          stationId,
          files: count,
          missing: count,
          contests: z.array(
            z.strictObject({
              contestId: localId,
              valid: count,
              abstained: count,
              votes: z.array(count).describe('Of the options by their number on the ballot.'),
            }),
          ),
        }),
      )
      .optional()
      .describe('The paper ballots by station, in the order of the election, where it has stations.'),
  })
  .meta({ id: 'Results' });
export type ResultsBody = z.infer<typeof resultsBody>;
