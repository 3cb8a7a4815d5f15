// Names for the objects in the audit log: from the entries themselves, which also know deleted objects, and from the
// lists of elections and participants. The lists are bounded; other objects are shown by their id.
import { useQuery } from '@tanstack/preact-query';
import type { Title } from '../../../domain/election.ts';
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { useUserNames } from '../people/user-names.ts';
import { nameIn } from './sentence.ts';
import type { Names } from './sentence.ts';

/** Most elections, and most participants, whose names are read. */
const namesMax = 1_000;
const pageMax = 200;
/** How long names count as fresh, in milliseconds. */
const freshMs = 60_000;

type Listed = { readonly id: string; readonly title?: Title; readonly name?: Title | string };
type KnownObject = { readonly kind: string; readonly id: string; readonly name: string };
type Page = { readonly elections?: Listed[]; readonly participants?: Listed[]; readonly next: string | null };

function useObjectNames(): ReadonlyMap<string, string> | undefined {
  return useQuery<ReadonlyMap<string, string>, Refused>({
    queryKey: ['elections', 'names'],
    queryFn: async ({ signal }) => {
      const elections = await read('elections', signal);
      const participants = await read('participants', signal);
      return new Map([...elections, ...participants]);
    },
    staleTime: freshMs,
  }).data;
}

/** What people can name in a filter: each object of a kind with its name. */
export function useKnownObjects(): readonly KnownObject[] {
  return [...(useObjectNames() ?? [])].map(([key, name]) => {
    const [kind = '', id = ''] = key.split(' ');
    return { kind, id, name };
  });
}

export function useNames(entries: readonly AuditEntry[]): Names {
  const user = useUserNames();
  const data = useObjectNames();
  const ownNames = namesIn(entries);
  return { user, object: (kind, id) => data?.get(keyOf(kind, id)) ?? ownNames.get(keyOf(kind, id)) ?? null };
}

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

async function read(list: 'elections' | 'participants', signal: AbortSignal): Promise<[string, string][]> {
  const [kind, cursor] = list === 'elections' ? ['election', 'before'] : ['participant', 'after'];
  const names: [string, string][] = [];
  let next: string | null = null;
  do {
    const more: string = next === null ? '' : `&${cursor}=${encodeURIComponent(next)}`;
    const { data }: { data: Page } = await callPanel<Page>('elections', `/v1/${list}?limit=${pageMax}${more}`, {
      signal,
    });
    for (const { id, title, name } of data[list] ?? []) {
      const text = nameIn(title ?? name);
      if (text !== null) names.push([keyOf(kind, id), text]);
    }
    next = data.next;
  } while (next !== null && names.length < namesMax);
  return names;
}

/** Names before and after a change, from the newest entry on. */
function namesIn(entries: readonly AuditEntry[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { object, changed } of entries) {
    const { from, to } = (changed?.['title'] ?? changed?.['name'] ?? {}) as { from?: unknown; to?: unknown };
    const text = nameIn(to) ?? nameIn(from);
    const key = keyOf(object.kind, object.id);
    if (text !== null && !names.has(key)) names.set(key, text);
  }
  return names;
}
