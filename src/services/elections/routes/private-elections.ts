// Private calls of the operator, from the command line with the key file of elections. They use the same functions and
// the same audit log as the control API.
import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { rollFileBytesMax } from '../../../domain/roll/roll-file.ts';
import type { App } from '../../../platform/http/http.ts';
import { acceptFiles, uploadedFile } from '../../../platform/http/uploaded-file.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { closeRequest, loadAnswer, loadCall } from '../../../protocol/control/election-lifecycle-api.ts';
import { countsAnswer } from '../../../protocol/ballot-service.ts';
import {
  rollListQuery,
  rollPage,
  rollQuery,
  rollRemoval,
  rollRemoved,
  rollReport,
} from '../../../protocol/control/roll-api.ts';
import { electionAnswer, electionPage, electionsQuery } from '../../../protocol/control/elections-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { Elections } from '../drafts/elections.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { LoadElection } from '../drafts/load-election.ts';
import type { Caller } from '../audit/audit.ts';
import type { RollImport } from '../roll/roll-import.ts';
import type { RollPeople } from '../roll/roll-people.ts';

/** Largest definition, in bytes. */
const definitionBytesMax = 4 * 1_024 * 1_024;

const params = z.object({ electionId });
const config = admits('elections');
const operator = (request: FastifyRequest): Caller => ({ actor: { kind: 'operator' }, request: request.id });

export type PrivateElectionOptions = {
  readonly load: LoadElection;
  readonly elections: Pick<Elections, 'find' | 'list'>;
  readonly lifecycle: Pick<Lifecycle, 'close'>;
  readonly rolls: RollImport;
  readonly rollPeople: Pick<RollPeople, 'list' | 'remove'>;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
};

export async function privateElectionRoutes(app: App, options: PrivateElectionOptions): Promise<void> {
  const { load, elections, lifecycle, ballots } = options;
  await acceptFiles(app, rollFileBytesMax);
  app.get(
    '/private/elections',
    { config, schema: { querystring: electionsQuery, response: { 200: electionPage } } },
    (request) => elections.list(request.query),
  );
  app.get(
    '/private/elections/:electionId',
    { config, schema: { params, response: { 200: electionAnswer } } },
    async (request) => ({ election: await elections.find(request.params.electionId) }),
  );
  app.put(
    '/private/elections/:electionId',
    { config, bodyLimit: definitionBytesMax, schema: { params, body: loadCall, response: { 200: loadAnswer } } },
    async (request) => {
      const { definition } = request.body;
      if (definition.id !== request.params.electionId) {
        throw new Problem('invalid-request', {
          errors: [{ path: 'definition/id', detail: 'The id is not the one in the address.' }],
        });
      }
      return { created: await load(operator(request), definition) };
    },
  );
  app.post(
    '/private/elections/:electionId/close',
    { config, schema: { params, body: closeRequest, response: { 200: electionAnswer } } },
    async (request) => {
      await lifecycle.close(operator(request), request.params.electionId, request.body.reason);
      return { election: await elections.find(request.params.electionId) };
    },
  );
  app.get(
    '/private/elections/:electionId/counts',
    { config, schema: { params, response: { 200: countsAnswer } } },
    (request) => ballots.counts(request.params.electionId),
  );
  privateRollRoutes(app, options);
}

function privateRollRoutes(app: App, { rolls, rollPeople }: PrivateElectionOptions): void {
  app.post(
    '/private/elections/:electionId/roll',
    { config, schema: { params, querystring: rollQuery, response: { 200: rollReport } } },
    async (request) =>
      rolls.add(operator(request), request.params.electionId, request.query, uploadedFile(request, null)),
  );
  app.get(
    '/private/elections/:electionId/roll',
    { config, schema: { params, querystring: rollListQuery, response: { 200: rollPage } } },
    (request) => rollPeople.list(operator(request), request.params.electionId, request.query),
  );
  app.post(
    '/private/elections/:electionId/roll/removals',
    { config, schema: { params, body: rollRemoval, response: { 200: rollRemoved } } },
    async (request) => ({
      settled: await rollPeople.remove(operator(request), request.params.electionId, request.body),
    }),
  );
}
