// An election as an administrator writes it, and what it becomes: ids and ballot numbers filled in, participants' names
// in place, and every fault in it at once, each with its place and the way out. Nothing is read or stored here.
import { createHash } from 'node:crypto';
import { lotText, orderOfLots } from '../../../domain/ballot-order.ts';
import { faultOfOptionCount, faultsOfKinds } from '../../../domain/contest-rules.ts';
import type { Title } from '../../../domain/election.ts';
import type {
  ElectionRequest,
  WrittenContest,
  WrittenElection,
  WrittenOption,
} from '../../../protocol/control/elections-api.ts';
import { electionDefinition, publicationCharactersMax } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { ParticipantKind, StoredName } from '../../../store/elections/participants.ts';

/** Largest definition, in characters of JSON: its publication carries it once for each of three phases, and signatures. */
const definitionCharactersMax = Math.floor(publicationCharactersMax / 4);

export type DefinitionFault = { readonly path: string; readonly detail: string };
export type KnownParticipant = { readonly kind: ParticipantKind; readonly name: StoredName };
/** By id; one that is not here is not there. */
export type KnownParticipants = ReadonlyMap<string, KnownParticipant>;
export type Resolved =
  | { readonly ok: true; readonly definition: ElectionDefinition }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

type Request = Omit<ElectionRequest, 'id'>;

/** Fills in what may be left out: ids, and ballot numbers by order. */
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

/** Ids of the participants that an election names, each once. */
export function participantsOf({ contests }: WrittenElection): readonly string[] {
  const ids = contests.flatMap(({ options }) => options.map(({ participantId }) => participantId));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** A participant's name in the languages of an election. */
export function titleOf(name: StoredName, election: Title): Title {
  if ('languages' in name) return name.languages;
  return Object.fromEntries(Object.keys(election).map((language) => [language, name.text]));
}

/** The election with the names that its participants have, or all that is wrong with it. */
export function resolveElection(election: WrittenElection, participants: KnownParticipants): Resolved {
  const faults = election.contests.flatMap((contest, index) =>
    contestFaults(contest, index, election.rehearsal, participants),
  );
  const parsed = electionDefinition.safeParse(withNames(election, participants));
  const more = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map(String).join('/'),
    detail: message,
  }));
  if (parsed.success && JSON.stringify(parsed.data).length > definitionCharactersMax) {
    more.push({ path: 'contests', detail: 'The election is too large to be published. Shorten titles, or split it.' });
  }
  const all = [...faults, ...more];
  return all.length === 0 && parsed.success ? { ok: true, definition: parsed.data } : { ok: false, faults: all };
}

function withNames(election: WrittenElection, participants: KnownParticipants): object {
  const withName = ({ participantId, ...option }: WrittenOption): object => {
    if (participantId === undefined) return { ...option, title: option.title ?? placeholder };
    const participant = participants.get(participantId);
    const { title: _title, kind: _kind, ...rest } = option;
    if (!participant) return { ...rest, title: placeholder };
    return { ...rest, title: titleOf(participant.name, election.title), kind: participant.kind };
  };
  return {
    ...election,
    contests: election.contests.map((contest) => ({ ...contest, options: contest.options.map(withName) })),
  };
}
/** Stands where a title is missing, which is told as a fault of its own. */
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
    else faults.push({ path: `${path}/participantId`, detail: `Stands already as option ${first}. Name each once.` });
  });
  return [...faults, ...kindFaults(contest, place, participants), ...orderFaults(contest, index)];
}

// A seed that stands in the public document says that anybody can draw the same order again.
function orderFaults({ orderSeed, options }: WrittenContest, index: number): readonly DefinitionFault[] {
  if (orderSeed === undefined) return [];
  const hashOf = (id: string): string => createHash('sha256').update(lotText(orderSeed, id)).digest('hex');
  const order = orderOfLots(new Map(options.map(({ id }) => [id, hashOf(id)])));
  const numbered = [...options].sort((a, b) => a.number - b.number);
  if (numbered.every(({ id }, at) => id === order[at])) return [];
  const detail = `The options are not in the order that this seed draws: ${order.join(', ')}. Number them so, or leave it out.`;
  return [{ path: `contests/${index}/orderSeed`, detail }];
}

function optionFaults(
  option: WrittenOption,
  path: string,
  participants: KnownParticipants,
): readonly DefinitionFault[] {
  const { participantId, title, kind } = option;
  if (participantId === undefined) {
    return title === undefined ? [{ path, detail: 'Give a title, or a participantId.' }] : [];
  }
  if (title !== undefined || kind !== undefined)
    return [{ path, detail: 'Give participantId or title and kind, not both: a participant has its own.' }];
  if (participants.has(participantId)) return [];
  return [
    {
      path: `${path}/participantId`,
      detail: 'There is no such participant. Create it, or choose one of GET /v1/participants.',
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
