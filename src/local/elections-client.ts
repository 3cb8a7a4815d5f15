// The client of the operator's commands for the service `elections`: its private port, with its own key file. The
// service does the work and records it in its audit log. Nothing here accesses a database or Redis.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { systemClock } from '../platform/clock.ts';
import { json, readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { callsTlsFields, callsTlsOf } from '../platform/private-calls/private-calls-tls.ts';
import { createPrivateClient } from '../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../platform/private-calls/private-calls.ts';
import { countsAnswer } from '../protocol/ballot-service.ts';
import { loadAnswer } from '../protocol/control/election-lifecycle-api.ts';
import { electionAnswer, electionPage } from '../protocol/control/elections-api.ts';
import { rollPage, rollPageMax, rollRemoved, rollReport } from '../protocol/control/roll-api.ts';
import type { RollPage, RollQuery, RollRemoval } from '../protocol/control/roll-api.ts';
import { electionsKeys } from '../protocol/key-files.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';
import { recountAnswer } from '../protocol/control/results-api.ts';

/**
 * Time limits in milliseconds: for an action, for closing (it waits for casts in flight), for a roll, for a recount.
 */
const actionMsMax = 30_000;
const closeMsMax = 60_000;
const rollMsMax = 1_800_000;
const recountMsMax = 600_000;
/** Elections in one page of the list. */
const pageElections = 100;

export const clientEnvironment = z.object({
  ELECTIONS_KEYS: json(electionsKeys).describe('The key file of elections: set ELECTIONS_KEYS_FILE.'),
  ELECTIONS_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:9108')
    .describe('Private address of elections, such as http://elections:9108.'),
  ...callsTlsFields,
});

export type ElectionsClient = ReturnType<typeof clientOf>;

/**
 * Runs work with a client and closes the client after it. Calls throw the rejection of `elections`, or `CallFailed`.
 */
export async function withElections<Result>(
  environment: Environment,
  work: (elections: ElectionsClient) => Promise<Result>,
): Promise<Result> {
  const settings = readEnvironment(clientEnvironment, environment);
  const client = createPrivateClient({
    origin: settings.ELECTIONS_ORIGIN,
    service: 'elections',
    caller: { name: 'elections', jwk: settings.ELECTIONS_KEYS.caller },
    clock: systemClock,
    connectionsMax: 2,
    tls: callsTlsOf(settings),
  });
  try {
    return await work(clientOf(client));
  } finally {
    await client.close();
  }
}

function clientOf(client: PrivateClient) {
  const path = (id: string): string => `/private/elections/${id}`;
  return {
    /** Creates and announces an election. A repeated call changes nothing. */
    load: (definition: ElectionDefinition) => {
      const request = { method: 'PUT', path: path(definition.id), body: { definition } } as const;
      return client.call({ ...request, answer: loadAnswer, msMax: actionMsMax });
    },
    find: async (id: string) => {
      const request = { method: 'GET', path: path(id), answer: electionAnswer, msMax: actionMsMax } as const;
      return (await client.call(request)).election;
    },
    close: async (id: string, reason: string) => {
      const request = { method: 'POST', path: `${path(id)}/close`, body: { reason } } as const;
      return (await client.call({ ...request, answer: electionAnswer, msMax: closeMsMax })).election;
    },
    counts: (id: string) =>
      client.call({ method: 'GET', path: `${path(id)}/counts`, answer: countsAnswer, msMax: actionMsMax }),
    /** Streams a roll. */
    importRoll: (id: string, query: RollQuery, content: Readable) => {
      const file = { type: 'text/csv', content };
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
      const to = `${path(id)}/roll?${search.toString()}`;
      return client.call({ method: 'POST', path: to, file, answer: rollReport, msMax: rollMsMax });
    },
    /** People on a roll, page by page. */
    async *listRoll(id: string, search: string | undefined) {
      for (let after: string | null = '0'; after !== null;) {
        const query = new URLSearchParams({ after, limit: String(rollPageMax) });
        if (search !== undefined) query.set('search', search);
        const request = { method: 'GET', path: `${path(id)}/roll?${query.toString()}` } as const;
        const page: RollPage = await client.call({ ...request, answer: rollPage, msMax: actionMsMax });
        yield* page.people;
        after = page.next;
      }
    },
    removeFromRoll: (id: string, removal: RollRemoval) => {
      const request = { method: 'POST', path: `${path(id)}/roll/removals`, body: removal } as const;
      return client.call({ ...request, answer: rollRemoved, msMax: actionMsMax });
    },
    recount: (id: string) =>
      client.call({ method: 'GET', path: `${path(id)}/recount`, answer: recountAnswer, msMax: recountMsMax }),
    /** All elections, page by page. */
    async *list() {
      for (let before: string | null = ''; before !== null;) {
        const query: string = `limit=${pageElections}${before === '' ? '' : `&before=${before}`}`;
        const request = { method: 'GET', path: `/private/elections?${query}` } as const;
        const page: z.infer<typeof electionPage> = await client.call({
          ...request,
          answer: electionPage,
          msMax: actionMsMax,
        });
        yield* page.elections;
        before = page.next;
      }
    },
  };
}
