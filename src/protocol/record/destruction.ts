// The certificate of the destruction of an election's data: what is destroyed and by what this is known, and what is kept. The
// key that signs the results signs it. It names no person and no secret.
import { z } from 'zod';
import { kid } from '../key-files.ts';
import { count, electionId, instant, signature } from '../public-values.ts';
import { signedRecordHead } from '../record-heads.ts';

export const day = z.iso.date().describe('A day in the time zone of the election: 2027-06-20.');

/** Of the two keys of an election: the first half of their check in the intake. It says nothing about the keys. */
export const electionKeyPairId = z.string().regex(/^[0-9a-f]{32}$/);

const destroyedThings = [
  'election-keys',
  'roll',
  'phones-and-codes',
  'hourly-keys',
  'batch-files',
  'identity-key',
  'phone-key',
  'key-copies',
  'backups',
] as const;
export type DestroyedThing = (typeof destroyedThings)[number];

const destroyed = z.strictObject({
  what: z
    .enum(destroyedThings)
    .describe(
      'election-keys: the two keys that tell who took part. roll: sealed numbers on the roll, and in ' +
        'files that were compared with it, with what is written beside them. phones-and-codes: of voters, with the tokens of their sessions. hourly-keys: of the mixer, in the time of voting. ' +
        'batch-files: rows of paper ballots that wait for their check. identity-key, phone-key: keys that several ' +
        'elections share. key-copies: of all these keys, in other folders, on media, in snapshots. backups: of the databases.',
    ),
  basis: z
    .enum(['checked', 'expired', 'stated'])
    .describe(
      'checked: the platform looked, and it was not there. expired: it is older than it can live. stated: people say so, ' +
        'because a program cannot see all of it.',
    ),
  on: day.nullable().describe('When, where that is known.'),
  keys: z.array(kid).max(1).optional().describe('Ids of the keys.'),
  number: count.optional().describe('How many there were.'),
  lastBackup: day.optional().describe('Of backups: the day of the last one that had the data.'),
});

const keptThings = [
  'public-log',
  'results',
  'record-of-acts',
  'ballots',
  'keyed-tags',
  'identity-key',
  'phone-key',
  'numbers-in-proposals',
] as const;
export type KeptThing = (typeof keptThings)[number];

export const destructionCertificate = z
  .strictObject({
    version: z.literal(1),
    electionId,
    signedAt: instant,
    resultsRevision: z.int().min(1).describe('Of the published results.'),
    publishedAt: instant.describe('When they were published.'),
    certifiedOn: day.describe('When the results were certified, as the administrators state it.'),
    retainedUntil: day.describe('The last day on which the data had to be kept, as the administrators state it.'),
    act: z.literal('election.certify-destruction').describe('The act in the record of acts.'),
    statedBy: z
      .array(z.literal('administrator'))
      .min(1)
      .max(2)
      .describe('The role of who stated this, and of who confirmed it. Their names are in the record of acts.'),
    destroyed: z.array(destroyed).max(destroyedThings.length),
    kept: z
      .array(z.enum(keptThings))
      .max(keptThings.length)
      .describe(
        'keyed-tags: of the roll and of who took part. Without the keys of the election no one can say whose they are. ' +
          'identity-key, phone-key: another election may need them. numbers-in-proposals: sealed numbers of people who were ' +
          'removed from the roll after the announcement, in proposals and in the record of acts. Who has the identity ' +
          'key can open them.',
      ),
  })
  .meta({ id: 'DestructionCertificate' });
export type DestructionCertificate = z.infer<typeof destructionCertificate>;

export const destructionDocument = z
  .object({
    destruction: destructionCertificate,
    signature,
    record: signedRecordHead.optional().describe('The record of administrative acts when it was signed.'),
  })
  .meta({ id: 'DestructionDocument' });
export type DestructionDocument = z.infer<typeof destructionDocument>;
