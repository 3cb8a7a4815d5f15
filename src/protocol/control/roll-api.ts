// Bodies of the control API of `elections` about rolls. A report on a file names rows by their position, never by a
// number. Only the list and the export have numbers, for administrators.
import { z } from 'zod';
import { malformedReasons, rollLabelCharactersMax } from '../../domain/roll/roll-file.ts';
import { rollWarningKinds, warnedRowsMax } from '../../domain/roll/roll-warnings.ts';
import { count } from '../public-values.ts';
import { reason } from '../written-text.ts';

/** Rows that a report names in each of its lists; the rest are counted. */
export const rowsNamedMax = 100;
/** Most people in one page of the list. */
export const rollPageMax = 200;

export const rollModes = ['add', 'replace', 'remove'] as const;

/** POST /v1/elections/{electionId}/roll?… */
export const rollQuery = z.strictObject({
  mode: z
    .enum(rollModes)
    .default('add')
    .describe(
      '`add`: people of the file are added. `replace`: the file is the whole roll, and others leave it. `remove`: people ' +
        'of the file leave it. The last two until the election opens.',
    ),
  dryRun: z.stringbool().default(false).describe('true: compares the file with the roll and changes nothing.'),
  column: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The column of the numbers: its heading, or its position from 1.'),
  heading: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .optional()
    .describe('The row that names the columns, from 1; 0 where none does.'),
  label: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('A column to keep beside each number, such as the name: its heading, or its position from 1.'),
  proposal: z
    .uuid()
    .optional()
    .describe('Confirms this proposal: the file is the same, and the other members are those of the proposal.'),
  second: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'The column of the second elements (PINs or birth dates), where the election has them: its heading, or its position ' +
        'from 1. Without it a known heading is looked for. Mode `remove` does not read it.',
    ),
});
export type RollQuery = z.infer<typeof rollQuery>;

const row = z.int().min(1).describe('From 1, as a spreadsheet shows it.');
const rows = z.array(row).max(rowsNamedMax);

/** What a file does to a roll, or would do. */
export const rollReport = z
  .object({
    dryRun: z.boolean().describe('true: nothing was changed.'),
    mode: z.enum(rollModes),
    rows: count.describe(
      'Rows of the file: title + heading + blank + added + changed + alreadyThere + notOnRoll + duplicate + collision + ' +
        'malformed, and in mode `remove` also + removed.',
    ),
    title: count.describe('Rows above the heading.'),
    heading: count.describe('1 where a row names the columns.'),
    blank: count,
    added: count.describe('People who were not on the roll before.'),
    changed: count.describe(
      'People on the roll whose label, or in mode `replace` the spelling of the number or the second element, changes.',
    ),
    alreadyThere: count.describe('People who are on the roll and stay as they are.'),
    removed: count.describe(
      'People who leave the roll: rows of the file, or in mode `replace` people it does not have.',
    ),
    notOnRoll: count.describe('Only in mode `remove`: people who are not on the roll.'),
    duplicate: count.describe(
      'Rows with the number of a row above, in the same spelling and with the same second element.',
    ),
    collision: count.describe(
      'Rows whose number is that of a row above, or (mode `add`) of someone on the roll, in another spelling or with ' +
        'another second element. They may be two people, so the row is not taken.',
    ),
    malformed: count,
    malformedRows: z.array(z.object({ row, reason: z.enum(malformedReasons) })).max(rowsNamedMax),
    repeatedRows: z
      .array(
        z.object({
          row,
          firstRow: row.nullable().describe('The row above; null where it is a person who is on the roll already.'),
          kind: z.enum(['duplicate', 'collision']),
        }),
      )
      .max(rowsNamedMax)
      .describe('The first duplicates and collisions.'),
    changedRows: rows,
    notOnRollRows: rows,
    settled: z
      .boolean()
      .describe('false: the change is recorded, and `ballots` has not confirmed it yet. It is sent by itself.'),
    warnings: z
      .array(z.object({ kind: z.enum(rollWarningKinds), count, rows: z.array(row).max(warnedRowsMax) }))
      .describe('What is unusual about the people of the file. They are taken nevertheless.'),
  })
  .meta({ id: 'RollReport' });
export type RollReport = z.infer<typeof rollReport>;

/** GET /v1/elections/{electionId}/roll */
export const rollListQuery = z.strictObject({
  search: z.string().trim().min(1).max(100).optional().describe('A number, or a part of a number or of a label.'),
  after: z.coerce.number().int().min(0).default(0).describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(rollPageMax).default(50),
});
export type RollListQuery = z.infer<typeof rollListQuery>;

export const rollPerson = z.object({
  number: z.string().describe('As in the file.'),
  second: z.string().optional().describe('The second element, where the election has one; a birth date as YYYY-MM-DD.'),
  label: z.string().max(rollLabelCharactersMax),
  state: z
    .enum(['draft', 'on-roll', 'waiting', 'leaving'])
    .describe(
      '`waiting`, `leaving`: `ballots` has not confirmed it yet. `draft`: sent when the election is announced.',
    ),
});
export const rollPage = z
  .object({
    people: z.array(rollPerson).max(rollPageMax),
    next: z
      .string()
      .nullable()
      .describe('For `after`; null on the last page. A page of a search may be short or empty.'),
    total: count.describe('People on the roll that can be listed.'),
    unlisted: count
      .nullable()
      .describe(
        'People on the roll without a sealed copy of their number, imported by an earlier version. They can vote and ' +
          'cannot be listed. null for a draft, and while `ballots` is unavailable.',
      ),
  })
  .meta({ id: 'RollPage' });
export type RollPage = z.infer<typeof rollPage>;

/** POST /v1/elections/{electionId}/roll/removals */
export const rollRemoval = z
  .strictObject({ number: z.string().min(1).max(64).describe('As on the roll, or as a voter types it.'), reason })
  .meta({ id: 'RollRemoval' });
export type RollRemoval = z.infer<typeof rollRemoval>;
export const rollRemoved = z
  .object({ settled: z.boolean().describe('false: `ballots` has not confirmed it yet. It is sent by itself.') })
  .meta({ id: 'RollRemoved' });
