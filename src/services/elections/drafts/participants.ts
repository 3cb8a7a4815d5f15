// Participants: parties and individuals. A second participant of the same name needs `allowSameName`. A participant
// that an election names cannot be removed. The database enforces both rules. Every action is audited.
import { createHash, randomUUID } from 'node:crypto';
import type {
  ListedParticipant,
  Participant,
  ParticipantChange,
  ParticipantDetails,
  ParticipantName,
  ParticipantRequest,
  ParticipantsQuery,
} from '../../../protocol/control/participants-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import {
  countUses,
  createParticipant,
  deleteParticipant,
  electionsOf,
  findParticipants,
  listParticipants,
  renameParticipant,
} from '../../../store/elections/participants.ts';
import type { StoredName, StoredParticipant, WrittenName } from '../../../store/elections/participants.ts';
import type { Audit, Caller } from '../audit/audit.ts';

/** Most elections listed for one participant. */
const usesNamedMax = 20;

export type Participants = {
  /** Throws `conflict` if a participant of the same kind and name exists, unless `allowSameName` is set. */
  create(caller: Caller, request: ParticipantRequest): Promise<Participant>;
  /** A page of participants in the order of creation. `next`: `after` of the next page. */
  list(query: ParticipantsQuery): Promise<{ participants: ListedParticipant[]; next: string | null }>;
  /** Throws `participant-not-found`. */
  details(id: string): Promise<ParticipantDetails>;
  /** Throws `participant-not-found`, and `conflict` like `create`. */
  rename(caller: Caller, id: string, change: ParticipantChange): Promise<Participant>;
  /** Throws `participant-not-found`, and `conflict` with at most `usesNamedMax` elections that use it. */
  remove(caller: Caller, id: string): Promise<void>;
};

export function createParticipants({ pool, audit }: { readonly pool: Pool; readonly audit: Audit }): Participants {
  const existing = async (id: string): Promise<StoredParticipant> => {
    const [participant] = await findParticipants(pool, [id]);
    if (!participant) throw new Problem('participant-not-found');
    return participant;
  };
  const view = async (id: string): Promise<Participant> => shownParticipant(await existing(id));

  return {
    async create({ actor, request }, { kind, name, allowSameName }) {
      const id = randomUUID();
      const object = { kind: 'participant', id } as const;
      return audit.record({ actor, request, act: 'participant.create', object }, async () => {
        const storedName = writtenName(name);
        const outcome = await createParticipant(pool, { ...storedName, id, kind, allowSameName });
        if (outcome === 'same-name') throw sameName();
        return { result: await view(id), changed: { kind: { to: kind }, name: { to: name } } };
      });
    },
    async list({ after, limit, kind, search }) {
      const filter = { after: after ?? 0, kind, search: search === undefined ? undefined : foldedName(search) };
      // One more row than the page shows whether there is a next page.
      const rows = await listParticipants(pool, filter, limit + 1);
      const page = rows.slice(0, limit);
      const uses = await countUses(
        pool,
        page.map(({ id }) => id),
      );
      return {
        participants: page.map((each) => ({ ...shownParticipant(each), elections: uses.get(each.id) ?? 0 })),
        next: rows.length > limit ? String(page.at(-1)?.number) : null,
      };
    },
    async details(id) {
      const participant = await view(id);
      const { elections, total } = await electionsOf(pool, id, usesNamedMax);
      return {
        participant,
        elections: elections.map(({ title, ...rest }) => ({ ...rest, title: { ...title } })),
        electionsTotal: total,
      };
    },
    async rename({ actor, request }, id, { name, allowSameName }) {
      const object = { kind: 'participant', id } as const;
      return audit.record({ actor, request, act: 'participant.rename', object }, async () => {
        const renamed = await renameParticipant(pool, { ...writtenName(name), id, allowSameName });
        if (renamed.outcome === 'same-name') throw sameName();
        if (renamed.outcome !== 'renamed') throw new Problem('participant-not-found');
        const changed = { name: { from: nameOf(renamed.nameBefore), to: name } };
        return { result: await view(id), changed };
      });
    },
    async remove({ actor, request }, id) {
      const object = { kind: 'participant', id } as const;
      await audit.record({ actor, request, act: 'participant.delete', object }, async () => {
        const [before] = await findParticipants(pool, [id]);
        const outcome = await deleteParticipant(pool, id);
        if (outcome === 'not-found') throw new Problem('participant-not-found');
        if (outcome === 'used') throw await usedIn(pool, id);
        return { result: undefined, changed: { name: { from: before && nameOf(before.name) } } };
      });
    },
  };
}

const nameOf = (name: StoredName): ParticipantName => ('text' in name ? name.text : { ...name.languages });

function shownParticipant({ id, kind, name, createdAtMs }: StoredParticipant): Participant {
  return { id, kind, name: nameOf(name), createdAt: new Date(createdAtMs).toISOString() };
}

function writtenName(name: ParticipantName): WrittenName {
  const texts = typeof name === 'string' ? [name] : Object.values(name);
  const key = createHash('sha256')
    .update(foldedName(texts[0] ?? ''))
    .digest();
  const stored = typeof name === 'string' ? { text: name } : { languages: name };
  return { name: stored, key, search: texts.map(foldedName).join('\n') };
}

/** A name for comparison: NFKC, lower case, single spaces. */
function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

function sameName(): Problem {
  const detail =
    'A participant of this kind and name exists. Use it (GET /v1/participants?search=…), or send ' +
    '"allowSameName": true to create another one. Nothing was changed.';
  return new Problem('conflict', { detail });
}

async function usedIn(pool: Pool, id: string): Promise<Problem> {
  const { elections, total } = await electionsOf(pool, id, usesNamedMax);
  const detail = `${total === 1 ? 'An election names' : `${total} elections name`} this participant. Remove it from the drafts first. Nothing was changed.`;
  const errors = elections.map((election) => ({
    path: `elections/${election.id}`,
    detail: Object.values(election.title)[0] ?? election.id,
  }));
  return new Problem('conflict', { detail, errors });
}
