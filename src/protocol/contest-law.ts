// The law around the method of a contest, as it is written, published and recomputed. Shares, factors and divisors are
// fractions of whole numbers, so that nothing is rounded on the way.
import { z } from 'zod';
import { factorPartMax } from '../domain/contest-rules.ts';
import { bases, tieRules } from '../domain/counting/contest-law.ts';
import { contestsMax } from '../domain/election.ts';
import { isExactPercent, percentDecimalsMax } from '../domain/counting/share.ts';
import { countingMethods, seatMethodNames, winnerMethodNames } from '../domain/counting/method-table.ts';
import { count } from './public-values.ts';

/** Largest numerator and denominator of a share: a percentage with ten decimals. */
const sharePartMax = 1_000_000_000_000;
/** Most people entitled to vote, votes and candidates in a law. */
const peopleMax = 20_000_000_000;
/** Most requirements of a contest. */
const requirementsMax = 8;

const seatMethods = seatMethodNames.join(', ');
const winnerMethods = winnerMethodNames.join(', ');

export const share = z
  .strictObject({ numerator: z.int().min(0).max(sharePartMax), denominator: z.int().min(1).max(sharePartMax) })
  .describe('numerator ÷ denominator, exactly: {"numerator": 5, "denominator": 100} is 5 percent.');
const factor = z.strictObject({
  numerator: z.int().min(1).max(factorPartMax),
  denominator: z.int().min(1).max(factorPartMax),
});

export const base = z
  .enum(bases)
  .describe(
    'votes: all votes for options; valid: ballots that chose an option; valid-and-blank: those and the abstentions; ' +
      'cast: all ballots, the invalid ones too (a ballot that was entered twice once); entitled: the people who may vote.',
  );
const moreThan = z.boolean().optional().describe('Whether exactly the share is not enough.');

const shareRequired = z.strictObject({ share, of: base, moreThan });
const votesRequired = z.strictObject({ votes: z.int().min(1).max(peopleMax) });
const requirement = z.union([shareRequired, votesRequired]);
/** A requirement in results, with the number that its share is of. */
export const countedRequirement = z.union([
  shareRequired.extend({ base: count, votesNeeded: count }),
  votesRequired.extend({ votesNeeded: count }),
]);
export const quorum = z.strictObject({
  share: share.describe('Of the people entitled to vote.'),
  moreThan,
  counted: z.enum(['valid', 'valid-and-blank', 'cast']).describe('The ballots that count for the quorum.'),
});

const groupName = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const law = z.strictObject({
  threshold: z
    .strictObject({
      share,
      of: base,
      moreThan,
      group: groupName
        .optional()
        .describe(
          'Contests of the same group share the threshold: options of the same id are one list, and the votes and the ' +
            'base are those of all these contests.',
        ),
      localSeats: z
        .int()
        .min(1)
        .max(contestsMax)
        .optional()
        .describe(
          'An option below the threshold takes part too if it won so many contests with law.localOf the group.',
        ),
      exemptFactor: factor
        .optional()
        .describe('The quotients of an exempt option below the threshold are multiplied by this.'),
    })
    .optional()
    .describe(`${seatMethods}: an option below it gets no seat; exactly at it passes.`),
  firstDivisor: factor.optional().describe(
    `In place of the first divisor of the method: ` +
      seatMethodNames
        .map((method) => {
          const { first, stride } = countingMethods[method].divisors;
          return `${method} from ${first} to less than ${first + stride}`;
        })
        .join(', ') +
      '.',
  ),
  required: z
    .array(requirement)
    .min(1)
    .max(requirementsMax)
    .optional()
    .describe(`${winnerMethods}: what an option needs to be elected, besides the most votes; each of these.`),
  quorum: quorum
    .optional()
    .describe('The ballots without which no one is elected and no seat is shared, as a share of the people entitled.'),
  localOf: groupName
    .optional()
    .describe(
      `${winnerMethods}: the group for whose threshold.localSeats its winners count, as the options of the same id.`,
    ),
  entitled: z
    .int()
    .min(1)
    .max(peopleMax)
    .optional()
    .describe('The people who may vote in this contest, where that is not the number of people on the roll.'),
  tieRules: z
    .array(z.enum(tieRules))
    .min(1)
    .max(tieRules.length)
    .optional()
    .describe(
      'What decides between equals, in this order, before a drawing of lots. more-votes: of equal quotients that of the ' +
        'option with more votes; lower-number: the lower number on the ballot.',
    ),
});

/** The members of a contest that are its law. */
export const contestLaw = {
  seats: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(`${seatMethods}: seats to share. ${winnerMethods}: how many are elected; one where it is absent.`),
  thresholdPercent: z
    .number()
    .min(0)
    .max(100)
    .refine(isExactPercent, `Give at most ${percentDecimalsMax} decimals.`)
    .optional()
    .describe(
      `${seatMethods}: the short form of law.threshold, in percent of the votes for options. An option below it gets ` +
        'no seat; exactly at it passes.',
    ),
  law: law.optional().describe('The law around the method.'),
} as const;

/** The members of an option that are its law. */
export const optionLaw = {
  threshold: z
    .union([z.literal('exempt'), share])
    .optional()
    .describe('Where the option has another threshold than the contest: none, or another share of the same base.'),
  candidates: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('The length of the list: it takes no more seats, and its further seats go to the next.'),
} as const;
