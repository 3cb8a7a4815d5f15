// The people of a roll: list, search, export, and taking one off. Only their sealed copies are stored, so a search for a
// part of a number or label opens them one by one, within a bound for each answer.
import { csvRow } from '../../../domain/csv-text.ts';
import type { SecondElement } from '../../../domain/roll/second-element.ts';
import { canonicalRollNumber } from '../../../domain/roll/roll-number.ts';
import type { RollListQuery, RollPage } from '../../../protocol/control/roll-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { countRoll, listRoll, takeOffRoll } from '../../../store/elections/rolls.ts';
import type { ListedPerson, RollState } from '../../../store/elections/rolls.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { changeableRoll, checkBallots, rollOf } from './roll-election.ts';
import { settleOrReject } from './roll-import.ts';
import { personOf } from './roll-seal.ts';
import type { RollSeal } from './roll-seal.ts';
import type { RollSeals } from './roll-seals.ts';
import type { RollSettling } from './roll-settling.ts';

/** People in one statement, and people that one answer to a search looks at. */
const partPeopleMax = 1_000;
const searchedPeopleMax = 20_000;

export type RollPeople = {
  /** Throws `election-not-found`, and `conflict` for an election without a roll. Audited. */
  list(caller: Caller, electionId: string, query: RollListQuery): Promise<RollPage>;
  /** All people as CSV, in parts: number, second element where the election has one, label. Audited. */
  export(caller: Caller, electionId: string): Promise<AsyncGenerator<string>>;
  /**
   * Takes one person off the roll, until the election opens; false where `ballots` hears of it later. Throws `conflict`
   * where no one has the number, and where `draft` says whether the election is one and it is not so any more. Audited.
   */
  remove(caller: Caller, electionId: string, removal: Removal): Promise<boolean>;
};

type Removal = { readonly number: string; readonly reason: string; readonly draft?: boolean | undefined };
type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
  readonly settling: Pick<RollSettling, 'settle'>;
  readonly seals: RollSeals;
};

export function createRollPeople(parts: Parts): RollPeople {
  const { pool, audit, seals } = parts;
  const objectOf = (id: string) => ({ kind: 'election', id }) as const;
  return {
    list: ({ actor, request }, id, query) =>
      audit.record({ actor, request, act: 'election.read-roll', object: objectOf(id) }, async () => {
        const { state } = await rollOf(pool, id);
        return { result: await pageOf(parts, id, state, query) };
      }),
    export: ({ actor, request }, id) =>
      audit.record({ actor, request, act: 'election.export-roll', object: objectOf(id) }, async () => {
        const { second } = await rollOf(pool, id);
        return { result: exported(pool, await seals(id), id, second) };
      }),
    async remove({ actor, request }, id, { number, reason, draft }) {
      const action = { actor, request, act: 'election.remove-from-roll', object: objectOf(id), reason };
      return audit.record(action, async () => {
        const roll = await changeableRoll(pool, id, 'remove');
        if (draft !== undefined && draft !== (roll.state === 'draft')) throw changedState();
        const canonical = canonicalRollNumber(number);
        const name = canonical === null ? null : (await seals(id)).name(canonical);
        await checkBallots(parts.ballots, roll);
        const outcome = name === null ? 'absent' : await takeOffRoll(pool, id, name, roll.state);
        if (outcome === 'changed') throw changedState();
        if (outcome === 'absent') throw new Problem('conflict', { detail: noPerson });
        return { result: await settleOrReject(parts.settling, roll), changed: { roll: { to: { removed: 1 } } } };
      });
    },
  };
}

const changedState = (): Problem =>
  new Problem('conflict', { detail: 'The election was announced or closed meanwhile. Nothing was changed.' });
const noPerson = 'No one on the list of this roll has that number. Nothing was changed.';

async function pageOf(parts: Parts, id: string, state: RollState, query: RollListQuery): Promise<RollPage> {
  const seal = await parts.seals(id);
  const { people: total, unsettled } = await countRoll(parts.pool, id);
  const page = await searched(parts.pool, seal, id, query);
  return {
    people: page.people.map((person) => ({ ...opened(seal, person), state: shownState(state, person.state) })),
    next: page.next === null ? null : String(page.next),
    total,
    unlisted: await unlisted(parts, id, state, total, unsettled),
  };
}

const shownState = (election: RollState, person: ListedPerson['state']): RollPage['people'][number]['state'] => {
  if (person === 'there') return 'on-roll';
  return election === 'draft' ? 'draft' : person;
};

/** People whom `ballots` has beyond those of the list. */
async function unlisted(
  { ballots }: Parts,
  id: string,
  state: RollState,
  listed: number,
  unsettled: number,
): Promise<number | null> {
  if (state === 'draft') return null;
  const counts = await ballots.counts(id).catch(() => null);
  return counts && Math.max(0, counts.roll - listed - unsettled);
}

function opened(seal: RollSeal, { number, label }: ListedPerson): { number: string; second?: string; label: string } {
  const person = personOf(seal.open(number));
  return {
    number: person.number,
    ...(person.second !== undefined && { second: person.second }),
    label: label === null ? '' : seal.open(label),
  };
}

type Found = { readonly people: ListedPerson[]; readonly next: number | null };

async function searched(
  pool: Pool,
  seal: RollSeal,
  id: string,
  { search, after, limit }: RollListQuery,
): Promise<Found> {
  if (search === undefined) return pageAfter(await listRoll(pool, id, { after, name: null, limit: limit + 1 }), limit);
  const canonical = canonicalRollNumber(search);
  if (after === 0 && canonical !== null) {
    const exact = await listRoll(pool, id, { after, name: seal.name(canonical), limit: 1 });
    if (exact.length > 0) return { people: exact, next: null };
  }
  const needle = folded(search);
  const people: ListedPerson[] = [];
  let place = after;
  for (let looked = 0; looked < searchedPeopleMax; looked += partPeopleMax) {
    const part = await listRoll(pool, id, { after: place, name: null, limit: partPeopleMax });
    for (const person of part) {
      const { number, second = '', label } = opened(seal, person);
      if ([number, second, label].some((text) => folded(text).includes(needle))) people.push(person);
      place = person.place;
      if (people.length === limit) return { people, next: place };
    }
    if (part.length < partPeopleMax) return { people, next: null };
  }
  return { people, next: place };
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function pageAfter(people: ListedPerson[], limit: number): Found {
  const page = people.slice(0, limit);
  return { people: page, next: people.length > limit ? (page.at(-1)?.place ?? null) : null };
}

// Known headings of a roll, so that an export can be imported.
const secondColumnNames: Readonly<Record<SecondElement, string>> = { pin: 'pin', 'birth-date': 'birth date' };

async function* exported(
  pool: Pool,
  seal: RollSeal,
  id: string,
  kind: SecondElement | undefined,
): AsyncGenerator<string> {
  const rowOf = (number: string, second: string, label: string): string =>
    csvRow(kind === undefined ? [number, label] : [number, second, label]);
  yield `\uFEFF${rowOf('number', kind === undefined ? '' : secondColumnNames[kind], 'label')}`;
  for (let after = 0; ;) {
    const people = await listRoll(pool, id, { after, name: null, limit: partPeopleMax });
    let text = '';
    for (const person of people) {
      const { number, second = '', label } = opened(seal, person);
      after = person.place;
      if (person.state !== 'leaving') text += rowOf(number, second, label);
    }
    if (text !== '') yield text;
    if (people.length < partPeopleMax) return;
  }
}
