// The roll of an election: `elections` adds and removes people, `api` asks for one.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import {
  rollAnswer,
  rollCall,
  rollLookupAnswer,
  rollLookupCall,
  rollRemovalAnswer,
} from '../../../protocol/ballot-service.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Roll } from '../roll.ts';

/** Largest part of a roll, in bytes. */
const bodyLimit = 1_048_576;

const params = z.object({ electionId });

export async function intakeRollRoutes(app: App, { roll }: { roll: Roll }): Promise<void> {
  const config = admits('elections');
  app.post(
    '/private/elections/:electionId/roll',
    { config, bodyLimit, schema: { params, body: rollCall, response: { 200: rollAnswer } } },
    (request) => roll.add(request.params.electionId, request.body.identities),
  );
  app.post(
    '/private/elections/:electionId/roll/removals',
    { config, bodyLimit, schema: { params, body: rollCall, response: { 200: rollRemovalAnswer } } },
    (request) => roll.remove(request.params.electionId, request.body.identities),
  );
  app.post(
    '/private/elections/:electionId/roll/lookup',
    { config: admits('api'), schema: { params, body: rollLookupCall, response: { 200: rollLookupAnswer } } },
    (request) => roll.lookUp(request.params.electionId, request.body.identity),
  );
}
