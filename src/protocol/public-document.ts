// The public document of an election as it is signed, published over Redis and served to anyone. The signature covers
// the RFC 8785 form of `election`, so that outsiders can check it with the publisher's public key.
import { z } from 'zod';
import { faultsOfContest, faultsOfContests } from '../domain/contest-rules.ts';
import { countingMethodNames } from '../domain/counting/method-table.ts';
import { isCountry } from '../domain/country.ts';
import {
  ballotNumberMax,
  channels,
  closingGraceSeconds,
  contestsMax,
  graceOf,
  optionsMax,
} from '../domain/election.ts';
import { identitySchemes } from '../domain/identity.ts';
import { phoneLines } from '../domain/phone-lines.ts';
import { secondElements } from '../domain/roll/second-element.ts';
import { mixBatchMin } from '../domain/mixing.ts';
import { faultOfStations } from '../domain/paper.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { verificationMethods } from '../domain/verification-methods.ts';
import { contestLaw, optionLaw } from './contest-law.ts';
import { firstKeyId, kid } from './key-files.ts';
import { paperRules } from './paper-rules.ts';
import { resultsBody, turnoutBody } from './public-results.ts';
import { signedRecordHead } from './record-heads.ts';
import {
  electionId,
  instant,
  localId,
  noticeContact,
  noticeText,
  signature,
  title,
  organiserColour,
  organiserLogo,
  organiserMeaning,
  organiserText,
} from './public-values.ts';

/** Most hours after the end within which a result is expected. */
export const resultHoursMax = 8_760;

/** Most countries whose phones may take part in one election. */
export const phoneCountriesMax = 250;

export const phase = z.enum(['scheduled', 'open', 'closed', 'published']);
export const verificationMethod = z
  .enum(verificationMethods)
  .describe(
    'text-in: the voter texts a code to us. code: we text a code to the voter, who types it. text-in-confirmed: the voter ' +
      'texts a code to us, then types the code that we text back.',
  );

// Strict throughout: otherwise a misspelt field would be dropped silently, and the signed document would differ from
// the written one.
const option = z.strictObject({
  id: localId,
  number: z.int().min(1).max(ballotNumberMax),
  title,
  kind: z.enum(['party', 'individual']).optional(),
  ...optionLaw,
  withdrawnAt: instant
    .optional()
    .describe('Since when the option can no longer be chosen. Its votes are reported and win nothing.'),
});

/** Most notices of an election. */
export const noticesMax = 20;
export const notice = z
  .strictObject({ at: instant.describe('When it was published.'), text: noticeText })
  .describe('A statement of the organiser to everyone, such as the correction of an error.')
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof notice>;

export const orderSeed = z
  .string()
  .regex(/^[!-~](?:[ -~]{0,198}[!-~])?$/, 'A seed has 1 to 200 letters, digits and signs of ASCII.')
  .optional()
  .describe(
    'Where the ballot order was drawn by lot: options are numbered in the order of the SHA-256 of this seed, a line ' +
      'feed and the id of the option.',
  );

export const contest = z
  .strictObject({
    id: localId,
    title,
    method: z.enum(countingMethodNames),
    minChoices: z.int().min(0).max(optionsMax),
    maxChoices: z.int().min(1).max(optionsMax),
    abstain: z.boolean(),
    ...contestLaw,
    orderSeed,
    options: z.array(option).min(1).max(optionsMax),
  })
  .superRefine((value, context) => {
    for (const { field, detail } of faultsOfContest(value)) {
      context.addIssue({ code: 'custom', path: field.split('/'), message: detail });
    }
  });

const electionKeyIds = z
  .strictObject({ identity: kid, phone: kid })
  .describe(
    'Ids of the keys under which this platform makes the names of voters and their phones. They stay the same for the ' +
      `whole election. Where this is absent, both are "${firstKeyId}".`,
  );
export type ElectionKeyIds = z.infer<typeof electionKeyIds>;

/** The ids of the keys of an election. */
export const keyIdsOf = ({ keys }: { readonly keys?: ElectionKeyIds | undefined }): ElectionKeyIds =>
  keys ?? { identity: firstKeyId, phone: firstKeyId };

const unsignedElection = z.strictObject({
  id: electionId,
  title,
  opensAt: instant,
  closesAt: instant,
  timeZone: z
    .string()
    .min(1)
    .max(64)
    .refine(isTimeZone, 'No such time zone; give an IANA name such as Asia/Hong_Kong.')
    .describe('IANA name, for display.'),
  rehearsal: z.boolean(),
  organiser: organiserText.optional().describe(organiserMeaning),
  colour: organiserColour.optional(),
  logo: organiserLogo.optional(),
  resultHours: z
    .int()
    .min(1)
    .max(resultHoursMax)
    .optional()
    .describe('Hours after the end within which the organiser expects to publish the result. Pages say the time.'),
  channels: z
    .array(z.enum(channels))
    .min(1)
    .max(channels.length)
    .refine((channels) => new Set(channels).size === channels.length, 'Name each channel once.')
    .default(['online'])
    .describe('online: voters cast; batches: officials upload paper ballots.'),
  identity: z
    .strictObject({
      scheme: z.enum(identitySchemes),
      second: z
        .enum(secondElements)
        .optional()
        .describe(
          'Only with the scheme `roll`: what each person on the roll has beside the number. A vote needs both. `pin`: 4 to ' +
            '12 digits. `birth-date`: a date.',
        ),
    })
    .refine(({ scheme, second }) => second === undefined || scheme === 'roll', {
      path: ['second'],
      message: 'Only a roll has a second element. Choose the scheme "roll", or leave out "second".',
    }),
  verification: z.strictObject({
    methods: z
      .array(verificationMethod)
      .min(1)
      .max(2)
      .refine((methods) => new Set(methods).size === methods.length, 'Name each method once.'),
    verifiedSecondsMax: z
      .int()
      .min(60)
      .max(30 * 86_400)
      .default(900)
      .describe('How long a verified session may cast, in seconds.'),
    phoneCountries: z
      .array(z.string().refine(isCountry, 'Give a country by its code of two capital letters, such as RS.'))
      .min(1)
      .max(phoneCountriesMax)
      .refine((countries) => new Set(countries).size === countries.length, 'Name each country once.')
      .optional()
      .describe(
        'Countries (ISO 3166) whose numbers may take part. A number without a country code is one of the first. ' +
          'Where it is absent, every number may take part, and a number without a country code is of the region of the ' +
          'installation. A new election has that region where it names none.',
      ),
    notice: z
      .strictObject({
        contact: noticeContact.describe('Where the owner of a phone objects: a phone number or an address.'),
      })
      .optional()
      .describe(
        'Each verified phone gets one text that a vote was begun with it, and where to object until the election closes.',
      ),
    activation: z
      .literal(true)
      .optional()
      .describe(
        'Only with the scheme `roll` and the channel `online`: officials at a polling station may give a voter without a ' +
          'phone a code, after they checked who it is.',
      ),
    phoneLines: z
      .array(z.enum(phoneLines))
      .min(1)
      .max(phoneLines.length)
      .refine((lines) => new Set(lines).size === lines.length, 'Name each kind once.')
      .optional()
      .describe(
        'Only with `phoneCountries`: the kinds of phone lines that may take part. Where it is absent, `mobile`.',
      ),
  }),
  paper: paperRules.optional(),
  keys: electionKeyIds.optional(),
  contests: z.array(contest).min(1).max(contestsMax),
  notices: z.array(notice).max(noticesMax).optional().describe('Added after the announcement, oldest first.'),
});

/** The contents of an operator's election file, and the input for the intake of an election. */
export const electionDefinition = unsignedElection
  .extend({
    minBatch: z
      .int()
      .min(1)
      .max(1_000)
      .default(mixBatchMin)
      .describe(`K: the fewest ballots that the mixer moves at once. Under ${mixBatchMin} only in a rehearsal.`),
    graceSeconds: z
      .int()
      .min(0)
      .max(closingGraceSeconds)
      .default(closingGraceSeconds)
      .describe(
        'Seconds after the end in which who verified before it may still cast. ' +
          `Under ${closingGraceSeconds} only in a rehearsal. 0 without the channel online, whatever is sent.`,
      ),
  })
  .overwrite(({ paper, ...value }) => ({
    ...value,
    graceSeconds: graceOf(value),
    ...(paper !== undefined && value.channels.includes('batches') && { paper }),
  }))
  .superRefine((value, context) => {
    const addFault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: path.split('/'), message });
    if (Date.parse(value.opensAt) >= Date.parse(value.closesAt))
      addFault('closesAt', 'The election closes before it opens.');
    if (!value.rehearsal && value.minBatch < mixBatchMin)
      addFault('minBatch', `minBatch is at least ${mixBatchMin} outside rehearsals.`);
    if (!value.rehearsal && value.channels.includes('online') && value.graceSeconds < closingGraceSeconds)
      addFault('graceSeconds', `graceSeconds is ${closingGraceSeconds} outside rehearsals.`);
    if (new Set(value.contests.map(({ id }) => id)).size !== value.contests.length)
      addFault('contests', 'Contest ids repeat.');
    if (value.verification.activation && !(value.identity.scheme === 'roll' && value.channels.includes('online')))
      addFault(
        'verification/activation',
        'Only voters on a roll who vote online can be activated. Choose the scheme "roll" and the channel "online", or leave this out.',
      );
    const station = faultOfStations(value.paper?.stations ?? [], value.contests);
    if (station !== null) addFault(`paper/stations/${station.place}`, station.detail);
    for (const { place, field, detail } of faultsOfContests(value.contests, value.identity.scheme === 'roll'))
      addFault(`contests/${place}/${field}`, detail);
  });
export type ElectionDefinition = z.infer<typeof electionDefinition>;

/** The public part of a definition: the batch size of the mixer and the grace period are internal. */
export function shownElection(definition: ElectionDefinition): Omit<PublicElection, 'phase' | 'revision'> {
  const { minBatch: _minBatch, graceSeconds: _graceSeconds, ...published } = definition;
  return published;
}

/**
 * The signed part. `revision` only grows: an older document never replaces a newer one, even if Redis is written by an
 * attacker.
 */
export const publicElection = unsignedElection.extend({ phase, revision: z.int().min(0) }).meta({ id: 'Election' });
export type PublicElection = z.infer<typeof publicElection>;

export const electionDocument = z
  .object({
    election: publicElection,
    signature,
    log: z.literal(true).optional().describe('Present where the election has a public log, and so a manifest.'),
  })
  .meta({ id: 'ElectionDocument' });
export type ElectionDocument = z.infer<typeof electionDocument>;

export const turnoutDocument = z.object({ turnout: turnoutBody, signature }).meta({ id: 'TurnoutDocument' });
export const resultsDocument = z
  .object({
    results: resultsBody,
    signature,
    record: signedRecordHead.optional().describe('The record of administrative acts at the publication.'),
  })
  .meta({ id: 'ResultsDocument' });
export type TurnoutDocument = z.infer<typeof turnoutDocument>;
export type ResultsDocument = z.infer<typeof resultsDocument>;

/** The Redis hash of publications: one field per election id, the value is the JSON of a `Publication`. */
export const publicationsKey = 'publications';
/** Largest publication that a reader takes from Redis, in characters. */
export const publicationCharactersMax = 4_000_000;
