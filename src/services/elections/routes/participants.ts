// Routes of participants. Administrators change them, and auditors can read them.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  participantAnswer,
  participantChange,
  participantDetails,
  participantId,
  participantPage,
  participantRequest,
  participantsQuery,
} from '../../../protocol/control/participants-api.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import type { Participants } from '../drafts/participants.ts';
import { callerOf } from './caller.ts';

const params = z.object({ participantId });
const tags = ['participants'];
const oneParticipant = (description: string) =>
  jsonAnswer(description, 'ParticipantAnswer', {
    participant: { summary: 'A party', value: { participant: electionsExamples.participant } },
  });

export type ParticipantOptions = { readonly participants: Participants; readonly guard: RoleGuard };

export async function participantRoutes(app: App, options: ParticipantOptions): Promise<void> {
  readingRoutes(app, options);
  creatingRoute(app, options);
  changingRoutes(app, options);
}

function readingRoutes(app: App, { participants }: ParticipantOptions): void {
  app.get(
    '/v1/participants',
    {
      schema: {
        operationId: 'listParticipants',
        tags,
        summary: 'List participants in the order of creation',
        description: 'For the next page, send `next` as `after`.',
        querystring: participantsQuery,
        response: { 200: participantPage },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'ParticipantPage', {
              page: { summary: 'A page', value: electionsExamples.participantPage },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await participants.list(request.query)),
  );
  app.get(
    '/v1/participants/:participantId',
    {
      schema: {
        operationId: 'getParticipant',
        tags,
        summary: 'Get a participant with its elections',
        params,
        response: { 200: participantDetails },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The participant.', 'ParticipantDetails', {
              participant: { summary: 'A party', value: electionsExamples.participantDetails },
            }),
          },
          rejections: ['participant-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await participants.details(request.params.participantId)),
  );
}

function creatingRoute(app: App, { participants, guard }: ParticipantOptions): void {
  app.post(
    '/v1/participants',
    {
      schema: {
        operationId: 'createParticipant',
        tags,
        summary: 'Add a party or an individual',
        description: 'If a participant of the same kind and name exists, `allowSameName` is required.',
        body: participantRequest,
        response: { 201: participantAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 201: oneParticipant('The participant.') },
          rejections: ['conflict'],
          requests: {
            party: { summary: 'A party', value: electionsExamples.participantRequest },
            languages: { summary: 'With names by language', value: electionsExamples.participantByLanguage },
          },
        }),
      },
    },
    async (request, reply) => {
      const participant = await participants.create(callerOf(guard, request), request.body);
      return reply.code(201).header('cache-control', 'no-store').send({ participant });
    },
  );
}

function changingRoutes(app: App, { participants, guard }: ParticipantOptions): void {
  app.patch(
    '/v1/participants/:participantId',
    {
      schema: {
        operationId: 'renameParticipant',
        tags,
        summary: 'Rename a participant',
        description:
          'Drafts have the new name at once. An announced election keeps the announced name until it is announced again ' +
          '(PATCH /v1/elections/{electionId}).',
        params,
        body: participantChange,
        response: { 200: participantAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneParticipant('The renamed participant.') },
          rejections: ['participant-not-found', 'conflict'],
          requests: { name: { summary: 'A new name', value: electionsExamples.participantChange } },
        }),
      },
    },
    async (request, reply) => {
      const { participantId: id } = request.params;
      const participant = await participants.rename(callerOf(guard, request), id, request.body);
      return reply.header('cache-control', 'no-store').send({ participant });
    },
  );
  app.delete(
    '/v1/participants/:participantId',
    {
      schema: {
        operationId: 'deleteParticipant',
        tags,
        summary: 'Remove an unused participant',
        description: 'Rejected while elections use the participant. `errors` lists them.',
        params,
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'The participant is removed.' } },
          rejections: ['participant-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      await participants.remove(callerOf(guard, request), request.params.participantId);
      return reply.code(204).send();
    },
  );
}
