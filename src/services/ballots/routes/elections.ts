// Registration of elections: create, amend, annotate, set times, publish, close and count. Only `elections` may
// call these routes.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import {
  amendAnswer,
  annotateAnswer,
  closeAnswer,
  countsAnswer,
  createIntakeAnswer,
  createIntakeCall,
  participantsAnswer,
  publicationAnswer,
  publicationCall,
  remainingKeysAnswer,
  timesAnswer,
  timesCall,
} from '../../../protocol/ballot-service.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Intake } from '../intake.ts';
import type { FindRemainingKeys } from '../remaining-keys.ts';

/** Largest body with a publication, in bytes. */
const publicationBytesMax = 8 * 1_048_576;

const params = z.object({ electionId });
const config = admits('elections');

/** What is left of the keys of an election that is over. */
export async function remainingKeysRoutes(
  app: App,
  { remainingKeys }: { readonly remainingKeys: FindRemainingKeys },
): Promise<void> {
  app.get(
    '/private/elections/:electionId/keys',
    { config, schema: { params, response: { 200: remainingKeysAnswer } } },
    (request) => remainingKeys(request.params.electionId),
  );
}

export async function registeredElectionRoutes(app: App, { intake }: { intake: Intake }): Promise<void> {
  app.post(
    '/private/elections',
    {
      config,
      bodyLimit: publicationBytesMax,
      schema: { body: createIntakeCall, response: { 200: createIntakeAnswer } },
    },
    (request) => intake.create(request.body),
  );
  app.put(
    '/private/elections/:electionId',
    {
      config,
      bodyLimit: publicationBytesMax,
      schema: { params, body: createIntakeCall, response: { 200: amendAnswer } },
    },
    async (request) => {
      await intake.amend(request.params.electionId, request.body);
      return {};
    },
  );
  app.put(
    '/private/elections/:electionId/annotations',
    {
      config,
      bodyLimit: publicationBytesMax,
      schema: { params, body: createIntakeCall, response: { 200: annotateAnswer } },
    },
    async (request) => {
      await intake.annotate(request.params.electionId, request.body);
      return {};
    },
  );
  app.put(
    '/private/elections/:electionId/publication',
    {
      config,
      bodyLimit: publicationBytesMax,
      schema: { params, body: publicationCall, response: { 200: publicationAnswer } },
    },
    async (request) => {
      await intake.publish(request.params.electionId, request.body.publication);
      return {};
    },
  );
  app.put(
    '/private/elections/:electionId/times',
    { config, bodyLimit: publicationBytesMax, schema: { params, body: timesCall, response: { 200: timesAnswer } } },
    async (request) => {
      await intake.setTimes(request.params.electionId, request.body);
      return {};
    },
  );
  app.post(
    '/private/elections/:electionId/close',
    { config, schema: { params, response: { 200: closeAnswer } } },
    async (request) => ({ participation: await intake.close(request.params.electionId) }),
  );
  app.get(
    '/private/elections/:electionId/participants',
    { config, schema: { params, response: { 200: participantsAnswer } } },
    (request) => intake.participants(request.params.electionId),
  );
  app.get(
    '/private/elections/:electionId/counts',
    { config, schema: { params, response: { 200: countsAnswer } } },
    (request) => intake.counts(request.params.electionId),
  );
}
