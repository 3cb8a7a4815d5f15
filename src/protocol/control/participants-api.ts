// Bodies of the control API of `elections` about participants. Unknown fields are rejected.
import { z } from 'zod';
import { count, electionId, instant, title } from '../public-values.ts';
import { writtenText, writtenTexts } from '../written-text.ts';

/** Longest name, in characters. */
export const nameCharactersMax = 256;
/** Participants in one page. */
const participantsPageMax = 200;

export const participantId = z.uuid('This is not the id of a participant.').describe('Opaque.');
export const participantKind = z.enum(['party', 'individual']).meta({ id: 'ParticipantKind' });

// What is wrong with the form that was sent: a union reports neither by itself.
function nameFault({ input, errors }: { readonly input?: unknown; readonly errors?: unknown }): string {
  const [ofText, ofTexts] = z.array(z.array(z.object({ message: z.string() }))).safeParse(errors).data ?? [];
  const fault = typeof input === 'string' ? ofText?.[0] : typeof input === 'object' ? ofTexts?.[0] : undefined;
  return fault?.message ?? 'Give a name, as one text or by language.';
}

/** One text is the name in every language of an election; texts by language are the names in those. */
export const participantName = z
  .union([writtenText('name', nameCharactersMax), writtenTexts('name', nameCharactersMax)], {
    error: nameFault,
  })
  .describe('One text for every language, or texts by language.');
export type ParticipantName = z.infer<typeof participantName>;

export const participant = z
  .object({
    id: participantId,
    kind: participantKind,
    name: z.union([z.string(), title]).describe('One text for every language, or texts by language.'),
    createdAt: instant,
  })
  .meta({ id: 'Participant' });
export type Participant = z.infer<typeof participant>;

const allowSameName = z.boolean().default(false).describe('Say that another one of the same kind and name is meant.');

/** POST /v1/participants */
export const participantRequest = z
  .strictObject({ name: participantName, kind: participantKind, allowSameName })
  .meta({ id: 'ParticipantRequest' });
export type ParticipantRequest = z.infer<typeof participantRequest>;
export const participantAnswer = z.object({ participant }).meta({ id: 'ParticipantAnswer' });

/** PATCH /v1/participants/{participantId} */
export const participantChange = z
  .strictObject({ name: participantName, allowSameName })
  .meta({ id: 'ParticipantChange' });
export type ParticipantChange = z.infer<typeof participantChange>;

/** GET /v1/participants */
export const participantsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(participantsPageMax).default(50),
  kind: participantKind.optional(),
  search: writtenText('text', nameCharactersMax)
    .optional()
    .describe('A part of the name in any of its languages; letter case does not matter.'),
});
export type ParticipantsQuery = z.infer<typeof participantsQuery>;
const listedParticipant = participant
  .extend({ elections: count.describe('Elections that name it.') })
  .meta({ id: 'ListedParticipant' });
export type ListedParticipant = z.infer<typeof listedParticipant>;
export const participantPage = z
  .object({
    participants: z.array(listedParticipant),
    next: z.string().nullable().describe('For "after"; null on the last page.'),
  })
  .meta({ id: 'ParticipantPage' });

/** GET /v1/participants/{participantId}: with where it is used. */
export const participantDetails = z
  .object({
    participant,
    elections: z.array(z.object({ id: electionId, title })).describe('Elections that name it, the newest first.'),
    electionsTotal: count,
  })
  .meta({ id: 'ParticipantDetails' });
export type ParticipantDetails = z.infer<typeof participantDetails>;
