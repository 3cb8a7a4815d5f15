// Bodies of the control API of `elections` about elections as administrators write them. Unknown fields are rejected.
// These schemas check each field; the service checks the rules between fields and reports all faults together.
import { z } from 'zod';
import { ballotNumberMax, contestsMax, optionsMax } from '../../domain/election.ts';
import { countingMethodNames } from '../../domain/counting/method-table.ts';
import { contestLaw, optionLaw } from '../contest-law.ts';
import { participantId, participantKind } from './participants-api.ts';
import { electionDefinition, notice, orderSeed, phase, publicElection } from '../public-document.ts';
import type { ElectionKeyIds, Notice } from '../public-document.ts';
import {
  count,
  electionId,
  instant,
  localId,
  organiserCharactersMax,
  organiserColour,
  organiserMeaning,
  organiserText,
  title,
  writtenLogo,
} from '../public-values.ts';
import { writtenInstant, writtenText, writtenTexts } from '../written-text.ts';

/** Longest title of an election, a contest or an option, in characters. */
const titleCharactersMax = 500;
/** Elections in one page. */
const electionsPageMax = 200;

const writtenTitle = writtenTexts('title', titleCharactersMax);
const writtenOrganiser = writtenTexts('text about the organiser', organiserCharactersMax);
const writtenOption = z.strictObject({
  id: localId.optional().describe('Opaque; made where it is not given.'),
  number: z
    .int()
    .min(1)
    .max(ballotNumberMax)
    .optional()
    .describe('Ballot number; its place in the list where it is not given.'),
  participantId: participantId.optional().describe('Its name and kind are then those of the participant.'),
  title: writtenTitle.optional().describe('Where the option is no participant.'),
  kind: participantKind.optional().describe('Where the option is no participant.'),
  ...optionLaw,
});

const writtenContest = z.strictObject({
  id: localId.optional().describe('Opaque; made where it is not given.'),
  title: writtenTitle,
  method: z.enum(countingMethodNames),
  minChoices: z.int().min(0).max(optionsMax).default(1),
  maxChoices: z.int().min(1).max(optionsMax).default(1),
  abstain: z.boolean().default(false).describe('Whether the contest offers to abstain.'),
  ...contestLaw,
  orderSeed,
  options: z.array(writtenOption).min(1).max(optionsMax),
});

const { timeZone, identity, verification, channels, minBatch, graceSeconds, paper, resultHours } =
  electionDefinition.shape;
const expectedResult = resultHours.unwrap();
const members = {
  title: writtenTitle,
  opensAt: writtenInstant,
  closesAt: writtenInstant,
  timeZone,
  rehearsal: z.boolean(),
  organiser: writtenOrganiser,
  colour: organiserColour,
  logo: writtenLogo,
  resultHours: expectedResult,
  channels: channels.unwrap(),
  identity,
  verification,
  minBatch: minBatch.unwrap(),
  graceSeconds: graceSeconds.unwrap(),
  paper: paper.unwrap(),
  contests: z.array(writtenContest).min(1).max(contestsMax),
};

/** POST /v1/elections: a draft. */
export const electionRequest = z
  .strictObject({
    ...members,
    id: electionId.optional().describe('Your choice, and permanent; generated where it is absent.'),
    rehearsal: members.rehearsal.default(false),
    organiser: writtenOrganiser.optional().describe(organiserMeaning),
    colour: organiserColour.optional(),
    logo: writtenLogo.optional(),
    resultHours,
    channels: members.channels.default(['online']),
    minBatch,
    graceSeconds,
    paper,
  })
  .meta({ id: 'ElectionRequest' });
export type ElectionRequest = z.infer<typeof electionRequest>;

/** PATCH /v1/elections/{electionId}: each field that is present replaces the stored one. */
export const electionChange = z
  .strictObject({
    ...members,
    organiser: writtenOrganiser.nullable().describe(`${organiserMeaning} null removes it.`),
    colour: organiserColour.nullable().describe('The colour of the organiser. null removes it.'),
    logo: writtenLogo.nullable().describe('The logo of the organiser, a PNG as base64. null removes it.'),
    resultHours: expectedResult
      .nullable()
      .describe('Hours after the end within which the result is expected. null removes it.'),
  })
  .partial()
  .meta({ id: 'ElectionChange' });
export type ElectionChange = z.infer<typeof electionChange>;

/** POST /v1/elections/{electionId}/copy: what is different in the copy; the rest is that of the election. */
export const copyRequest = z
  .strictObject({
    id: electionId.optional().describe('Of the copy: your choice, and permanent; generated where it is absent.'),
    title: writtenTitle.optional(),
    opensAt: writtenInstant.optional(),
    closesAt: writtenInstant.optional(),
    rehearsal: z.boolean().optional().describe('true makes a rehearsal, false an election that counts.'),
  })
  .meta({ id: 'CopyRequest' });
export type CopyRequest = z.infer<typeof copyRequest>;

/** The stored form: every id and ballot number is present. */
export type WrittenElection = Omit<ElectionRequest, 'id' | 'contests'> & {
  readonly id: string;
  readonly contests: readonly WrittenContest[];
  /** Absent where both are the first. Set when the election is created, and never changed. */
  readonly keys?: ElectionKeyIds | undefined;
  readonly notices?: readonly Notice[] | undefined;
};
export type WrittenContest = Omit<z.infer<typeof writtenContest>, 'id' | 'options'> & {
  readonly id: string;
  readonly options: readonly WrittenOption[];
};
export type WrittenOption = z.infer<typeof writtenOption> & {
  readonly id: string;
  readonly number: number;
  readonly withdrawnAt?: string | undefined;
};

const option = z.object({
  id: localId,
  number: z.int(),
  participantId: participantId.optional(),
  title: title.optional(),
  kind: participantKind.optional(),
  ...optionLaw,
  withdrawnAt: instant.optional(),
});
const contest = z.object({
  id: localId,
  title,
  method: z.enum(countingMethodNames),
  minChoices: z.int(),
  maxChoices: z.int(),
  abstain: z.boolean(),
  ...contestLaw,
  orderSeed,
  options: z.array(option),
});
const definition = z
  .object({
    id: electionId,
    title,
    opensAt: instant,
    closesAt: instant,
    timeZone,
    rehearsal: z.boolean(),
    organiser: organiserText.optional(),
    colour: organiserColour.optional(),
    logo: z.string().optional().describe('A PNG as base64.'),
    resultHours,
    channels: members.channels,
    identity,
    verification,
    minBatch: members.minBatch,
    graceSeconds: members.graceSeconds,
    paper,
    contests: z.array(contest),
    notices: z.array(notice).optional(),
  })
  .meta({ id: 'ElectionDefinition' });

/** Phase, with that of an election that only administration sees. */
export const administeredPhase = z
  .enum(['draft', ...phase.options])
  .describe('By the clock of the database.')
  .meta({ id: 'AdministeredPhase' });
export const electionState = z
  .enum(['draft', 'announced', 'closed', 'counted', 'published'])
  .describe('What was done to it; the times alone move the phase of one that was announced.')
  .meta({ id: 'ElectionState' });
const manifestHash = z
  .string()
  .nullable()
  .describe('The hash M of the manifest: 64 hexadecimal digits in groups of four. null without a public log.');
const version = z.int().min(1).describe('Grows with each change; the ETag, for If-Match.');

export const administeredElection = z
  .object({
    id: electionId,
    state: electionState,
    phase: administeredPhase,
    version,
    changing: z.boolean().describe('Whether a change of it is on its way out and not complete.'),
    definition,
    participants: z
      .array(z.object({ id: participantId, kind: participantKind, title }))
      .describe('Those that its options name: as they are now in a draft, as they were announced afterwards.'),
    createdAt: instant,
    createdBy: z.string().describe('Id of a user, or "operator".'),
    changedAt: instant,
    changedBy: z.string(),
    announcedAt: instant.nullable(),
    manifestHash,
  })
  .meta({ id: 'AdministeredElection' });
export type AdministeredElection = z.infer<typeof administeredElection>;
export const electionAnswer = z.object({ election: administeredElection }).meta({ id: 'ElectionAnswer' });

/** GET /v1/elections */
export const electionsQuery = z.strictObject({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(electionsPageMax).default(50),
  phase: administeredPhase.optional(),
  channel: channels.unwrap().element.optional().describe('Only elections with this way to vote.'),
  search: writtenText('text', titleCharactersMax).optional().describe('A part of the id or of a title.'),
});
export type ElectionsQuery = z.infer<typeof electionsQuery>;
export const electionSummary = z
  .object({
    id: electionId,
    title,
    state: electionState,
    phase: administeredPhase,
    version,
    opensAt: instant,
    closesAt: instant,
    timeZone,
    rehearsal: z.boolean(),
    contests: count,
    channels: members.channels,
  })
  .meta({ id: 'ElectionSummary' });
export type ElectionSummary = z.infer<typeof electionSummary>;
export const electionPage = z
  .object({
    elections: z.array(electionSummary),
    next: z.string().nullable().describe('For "before"; null on the last page.'),
  })
  .meta({ id: 'ElectionPage' });

/** GET /v1/elections/{electionId}/preview */
export const previewWarning = z.object({
  code: z.enum([
    'missing-language',
    'night-time',
    'one-verification-method',
    'opens-in-the-past',
    'overlaps',
    'same-title',
    'renamed-participant',
  ]),
  path: z.string(),
  detail: z.string(),
});
export type PreviewWarning = z.infer<typeof previewWarning>;
export const electionPreview = z
  .object({
    election: publicElection.describe('The public document, not signed yet.'),
    logo: z.string().optional().describe('The picture of its logo, a PNG as base64.'),
    warnings: z.array(previewWarning).describe('What may be meant, and should be looked at.'),
    manifestHash,
  })
  .meta({ id: 'ElectionPreview' });
export type ElectionPreview = z.infer<typeof electionPreview>;

/** GET and PATCH /v1/settings */
export const settings = z
  .strictObject({
    oneAtATime: z.boolean().describe('Whether no two announced elections may overlap, rehearsals apart.'),
  })
  .meta({ id: 'Settings' });
