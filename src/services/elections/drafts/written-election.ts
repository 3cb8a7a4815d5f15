// Completes and checks an election that an administrator wrote: adds ids, ballot numbers and participants' names, and
// lists all faults, each with its path and a correction. Pure functions.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { lotText, orderOfLots } from '../../../domain/ballot-order.ts';
import { faultOfOptionCount, faultsOfKinds } from '../../../domain/contest-rules.ts';
import { closingGraceSeconds } from '../../../domain/election.ts';
import type { Title } from '../../../domain/election.ts';
import { mixBatchMin } from '../../../domain/mixing.ts';
import { faultOfMethods } from '../../../domain/verification-methods.ts';
import { readableText } from '../../../domain/text/readable-text.ts';
import type {
  CopyRequest,
  ElectionRequest,
  WrittenContest,
  WrittenElection,
  WrittenOption,
} from '../../../protocol/control/elections-api.ts';
import { hasMobileNumbers } from '../../../platform/phone/mobile-country.ts';
import { electionDefinition, keyIdsOf, publicationCharactersMax } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, ElectionKeyIds } from '../../../protocol/public-document.ts';
import { faultText } from '../../../protocol/written-text.ts';
import { faultOfPicture, logoInDocument } from './logo.ts';
import type { ParticipantKind, StoredName } from '../../../store/elections/participants.ts';

/** Largest definition, in characters of JSON. Its publication has it once for each of three phases, plus signatures. */
export const definitionCharactersMax = Math.floor(publicationCharactersMax / 4);

export type DefinitionFault = { readonly path: string; readonly detail: string };
export type KnownParticipant = { readonly kind: ParticipantKind; readonly name: StoredName };
/** By id. Participants that do not exist are absent. */
export type KnownParticipants = ReadonlyMap<string, KnownParticipant>;
export type Resolved =
  | { readonly ok: true; readonly definition: ElectionDefinition }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

type Request = Omit<ElectionRequest, 'id'>;

/** Adds missing ids, and missing ballot numbers in list order. */
export function completeElection(id: string, { contests, ...rest }: Request): WrittenElection {
  return {
    id,
    ...rest,
    contests: contests.map((contest, place) => ({
      ...contest,
      id: contest.id ?? `contest-${place + 1}`,
      options: contest.options.map((option, index) => ({
        ...option,
        id: option.id ?? option.participantId ?? `option-${index + 1}`,
        number: option.number ?? index + 1,
      })),
    })),
  };
}

/**
 * The definition of an election as another draft. A copy that counts has the values that such elections must have, and a
 * rehearsal of one moves each ballot at once, because it has few.
 */
export function copyOf(
  { id: _id, ...election }: WrittenElection,
  id: string,
  different: Omit<CopyRequest, 'id'>,
): WrittenElection {
  const rehearsal = different.rehearsal ?? election.rehearsal;
  const present = Object.fromEntries(Object.entries(different).filter(([, value]) => value !== undefined));
  const changed: Partial<WrittenElection> = { ...present, rehearsal };
  if (rehearsal === election.rehearsal) return { ...election, ...changed, id };
  const bounds = rehearsal ? { minBatch: 1 } : { minBatch: mixBatchMin, graceSeconds: closingGraceSeconds };
  return { ...election, ...changed, ...bounds, id };
}

/** A new election has the keys that are in use now. They are named where they are not the first. */
export function withKeyIds(election: WrittenElection, keys: ElectionKeyIds): WrittenElection {
  const { keys: _before, ...rest } = election;
  return isDeepStrictEqual(keys, keyIdsOf({})) ? rest : { ...rest, keys };
}

/** A new election admits phones of the installation's region where it names no countries. */
export function withPhoneRegion<Written extends Pick<WrittenElection, 'verification'>>(
  { verification, ...election }: Written,
  region: string,
): Omit<Written, 'verification'> & Pick<WrittenElection, 'verification'> {
  return { ...election, verification: { ...verification, phoneCountries: verification.phoneCountries ?? [region] } };
}

/** Ids of an election's participants, without duplicates. */
export function participantsOf({ contests }: WrittenElection): readonly string[] {
  const ids = contests.flatMap(({ options }) => options.map(({ participantId }) => participantId));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** A participant's name in the languages of an election. */
export function titleOf(name: StoredName, election: Title): Title {
  if ('languages' in name) return name.languages;
  return Object.fromEntries(Object.keys(election).map((language) => [language, name.text]));
}

/** The election with the current names of its participants, or all faults. */
export function resolveElection(election: WrittenElection, participants: KnownParticipants): Resolved {
  const faults = election.contests.flatMap((contest, index) =>
    contestFaults(contest, index, election.rehearsal, participants),
  );
  const parsed = electionDefinition.safeParse(withNames(election, participants));
  const more = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map(String).join('/'),
    detail: message,
  }));
  const { logo = '' } = election;
  if (parsed.success && JSON.stringify(parsed.data).length + logo.length > definitionCharactersMax) {
    more.push({ path: 'contests', detail: 'The election is too large to publish. Shorten titles, or split it.' });
  }
  const all = [
    ...faults,
    ...more,
    ...logoFaults(election),
    ...(parsed.success ? [...titleFaults(parsed.data), ...methodFaults(parsed.data), ...phoneFaults(parsed.data)] : []),
  ];
  return all.length === 0 && parsed.success ? { ok: true, definition: parsed.data } : { ok: false, faults: all };
}

// Titles are checked when they are written. Names of participants may have been stored before that rule.
function titleFaults({ title, organiser = {}, contests }: ElectionDefinition): readonly DefinitionFault[] {
  const titles = [
    { path: 'title', title },
    { path: 'organiser', title: organiser },
    ...contests.flatMap((contest, place) => [
      { path: `contests/${place}/title`, title: contest.title },
      ...contest.options.map((option, at) => ({ path: `contests/${place}/options/${at}/title`, title: option.title })),
    ]),
  ];
  return titles.flatMap(({ path, title: texts }) =>
    Object.values(texts).flatMap((text): readonly DefinitionFault[] => {
      const read = readableText(text);
      const what = path === 'organiser' ? 'text about the organiser' : 'title';
      return read.ok ? [] : [{ path, detail: faultText(what, read) }];
    }),
  );
}

function logoFaults({ logo }: WrittenElection): readonly DefinitionFault[] {
  const detail = logo === undefined ? null : faultOfPicture(logo);
  return detail === null ? [] : [{ path: 'logo', detail }];
}

// Not in the schema: elections that were announced before this rule are read as they are (decision 0019).
function methodFaults({ verification: { methods } }: ElectionDefinition): readonly DefinitionFault[] {
  const detail = faultOfMethods(methods);
  return detail === null ? [] : [{ path: 'verification/methods', detail }];
}

function phoneFaults({ verification: { phoneCountries, phoneLines } }: ElectionDefinition): readonly DefinitionFault[] {
  if (phoneLines !== undefined && phoneCountries === undefined) {
    return [{ path: 'verification/phoneLines', detail: 'Name the countries too, in "phoneCountries".' }];
  }
  const none = (phoneCountries ?? []).filter((country) => !hasMobileNumbers(country));
  if (none.length === 0) return [];
  return [{ path: 'verification/phoneCountries', detail: `No mobile numbers are known of ${none.join(', ')}.` }];
}

function withNames(election: WrittenElection, participants: KnownParticipants): object {
  const withName = ({ participantId, ...option }: WrittenOption): object => {
    if (participantId === undefined) return { ...option, title: option.title ?? placeholder };
    const participant = participants.get(participantId);
    const { title: _title, kind: _kind, ...rest } = option;
    if (!participant) return { ...rest, title: placeholder };
    return { ...rest, title: titleOf(participant.name, election.title), kind: participant.kind };
  };
  const { logo } = election;
  return {
    ...election,
    ...(logo !== undefined && { logo: logoInDocument(logo) }),
    contests: election.contests.map((contest) => ({ ...contest, options: contest.options.map(withName) })),
  };
}

/** Replaces a missing title, which `optionFaults` reports separately. */
const placeholder: Title = { en: '-' };

function contestFaults(
  contest: WrittenContest,
  index: number,
  rehearsal: boolean,
  participants: KnownParticipants,
): readonly DefinitionFault[] {
  const place = `contests/${index}/options`;
  const faults: DefinitionFault[] = [];
  const { options } = contest;
  const tooFew = faultOfOptionCount(options.length, rehearsal);
  if (tooFew !== null) faults.push({ path: place, detail: tooFew });
  const firstPlaces = new Map<string, number>();
  options.forEach((option, at) => {
    const path = `${place}/${at}`;
    faults.push(...optionFaults(option, path, participants));
    const { participantId } = option;
    if (participantId === undefined) return;
    const first = firstPlaces.get(participantId);
    if (first === undefined) firstPlaces.set(participantId, at);
    else faults.push({ path: `${path}/participantId`, detail: `Already option ${first}. List each participant once.` });
  });
  return [...faults, ...kindFaults(contest, place, participants), ...orderFaults(contest, index)];
}

// A published seed lets anyone reproduce the order of the options, so the ballot numbers must match it.
function orderFaults({ orderSeed, options }: WrittenContest, index: number): readonly DefinitionFault[] {
  if (orderSeed === undefined) return [];
  const hashOf = (id: string): string => createHash('sha256').update(lotText(orderSeed, id)).digest('hex');
  const order = orderOfLots(new Map(options.map(({ id }) => [id, hashOf(id)])));
  const numbered = [...options].sort((a, b) => a.number - b.number);
  if (numbered.every(({ id }, at) => id === order[at])) return [];
  const detail = `The options are not in the order of this seed: ${order.join(', ')}. Number them in this order, or omit the seed.`;
  return [{ path: `contests/${index}/orderSeed`, detail }];
}

function optionFaults(
  option: WrittenOption,
  path: string,
  participants: KnownParticipants,
): readonly DefinitionFault[] {
  const { participantId, title, kind } = option;
  if (participantId === undefined) {
    return title === undefined ? [{ path, detail: 'Give a title or a participantId.' }] : [];
  }
  if (title !== undefined || kind !== undefined)
    return [
      { path, detail: 'Give either participantId, or title and kind. A participant already has a title and a kind.' },
    ];
  if (participants.has(participantId)) return [];
  return [
    {
      path: `${path}/participantId`,
      detail: 'This participant does not exist. Create it, or choose one from GET /v1/participants.',
    },
  ];
}

function kindFaults(
  contest: WrittenContest,
  place: string,
  participants: KnownParticipants,
): readonly DefinitionFault[] {
  const kinds = contest.options.map(({ participantId, kind }) =>
    participantId === undefined ? kind : participants.get(participantId)?.kind,
  );
  return faultsOfKinds(contest.method, kinds).map((fault) => ({
    path: `${place}/${fault.place}`,
    detail: fault.detail,
  }));
}
