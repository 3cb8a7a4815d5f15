// The caller's second factors, and passkeys: options for a new one, adding, options for a proof, and removal. For every
// role. The options for the passkey of a login need no access token.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { allows, allowsEveryone } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { passkeyLoginRequest, secondFactorProof } from '../../../protocol/control/access-api.ts';
import {
  creationOptions,
  newPasskey,
  passkeyAdded,
  requestOptions,
  secondFactorList,
} from '../../../protocol/control/passkey-api.ts';
import { accessExamples } from '../examples.ts';
import type { Logins } from '../logins.ts';
import type { Owner } from '../own-account.ts';
import { passkeyExamples } from '../second-factor/passkey-examples.ts';
import type { OwnPasskeys } from '../second-factor/own-passkeys.ts';

const tags = ['account'];
const forAll = (operation: Operation) => ({
  ...allows('administrator', 'official', 'auditor'),
  ...documented(operation),
});
const proofRejections = [
  'wrong-credentials',
  'second-factor-required',
  'wrong-second-factor',
  'wrong-passkey',
  'too-many-requests',
] as const;
const proofExample = { proof: { summary: 'My password', value: { password: accessExamples.login.password } } };
const requestAnswer = jsonAnswer('For navigator.credentials.get.', 'PasskeyRequestOptions', {
  options: { summary: 'The options', value: passkeyExamples.requestOptions },
});

export type PasskeyOptions = { readonly own: OwnPasskeys; readonly logins: Logins; readonly guard: RoleGuard };
type OwnerOf = (request: FastifyRequest) => Owner;

export async function passkeyRoutes(app: App, { own, logins, guard }: PasskeyOptions): Promise<void> {
  const ownerOf = (request: FastifyRequest): Owner => {
    const { sub, sid } = guard.callerOf(request);
    return { sub, sid, address: request.ip };
  };
  factorsRoute(app, own, ownerOf);
  offerRoute(app, own, ownerOf);
  addRoute(app, own, ownerOf);
  removeRoute(app, own, ownerOf);
  challengeRoutes(app, own, logins, ownerOf);
}

function factorsRoute(app: App, own: OwnPasskeys, ownerOf: OwnerOf): void {
  app.get(
    '/v1/second-factors',
    {
      schema: {
        operationId: 'listSecondFactors',
        tags,
        summary: 'My second factors',
        description: 'Whether there is an authenticator, and the passkeys in the order in which they were added.',
        response: { 200: secondFactorList },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('The second factors.', 'SecondFactors', {
            both: { summary: 'Both kinds', value: passkeyExamples.factors },
          }),
        },
        rejections: [],
      }),
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await own.factors(ownerOf(request))),
  );
}

function offerRoute(app: App, own: OwnPasskeys, ownerOf: OwnerOf): void {
  app.post(
    '/v1/passkeys/options',
    {
      schema: {
        operationId: 'offerPasskey',
        tags,
        summary: 'Request options for a new passkey',
        description:
          'For PublicKeyCredential.parseCreationOptionsFromJSON and navigator.credentials.create, on a page of the ' +
          'control panel. A user with a second factor also sends one.',
        body: secondFactorProof,
        response: { 200: creationOptions },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('For navigator.credentials.create.', 'PasskeyCreationOptions', {
            options: { summary: 'The options', value: passkeyExamples.creationOptions },
          }),
        },
        rejections: [...proofRejections, 'conflict'],
        requests: proofExample,
      }),
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send({ ...(await own.offer(ownerOf(request), request.body)) }),
  );
}

function addRoute(app: App, own: OwnPasskeys, ownerOf: OwnerOf): void {
  app.post(
    '/v1/passkeys',
    {
      schema: {
        operationId: 'addPasskey',
        tags,
        summary: 'Add a passkey',
        description:
          'Logins then require a second factor. With the first one there are recovery codes, and my other sessions end.',
        body: newPasskey,
        response: { 201: passkeyAdded },
      },
      config: forAll({
        answers: {
          201: jsonAnswer('The passkey.', 'PasskeyAdded', {
            first: { summary: 'The first one', value: passkeyExamples.added },
          }),
        },
        rejections: ['wrong-passkey', 'conflict'],
        requests: { passkey: { summary: 'A new passkey', value: passkeyExamples.newPasskey } },
      }),
    },
    async (request, reply) => {
      const { passkey, recoveryCodes } = await own.add(ownerOf(request), request.body);
      const answer = { passkey, recoveryCodes: [...recoveryCodes] };
      return reply.code(201).header('cache-control', 'no-store').send(answer);
    },
  );
}

function removeRoute(app: App, own: OwnPasskeys, ownerOf: OwnerOf): void {
  app.post(
    '/v1/passkeys/:passkeyId/remove',
    {
      schema: {
        operationId: 'removePasskey',
        tags,
        summary: 'Remove a passkey',
        description: 'Requires the password and a second factor. With the last second factor the recovery codes end.',
        params: z.strictObject({ passkeyId: z.uuid() }),
        body: secondFactorProof,
      },
      config: forAll({
        answers: { 204: { description: 'The passkey opens nothing any more.' } },
        rejections: [...proofRejections, 'passkey-not-found'],
        requests: {
          code: { summary: 'With a code', value: { password: accessExamples.login.password, code: '492039' } },
          passkey: { summary: 'With a passkey', value: passkeyExamples.proof },
        },
      }),
    },
    async (request, reply) => {
      await own.remove(ownerOf(request), request.params.passkeyId, request.body);
      return reply.code(204).send();
    },
  );
}

function challengeRoutes(app: App, own: OwnPasskeys, logins: Logins, ownerOf: OwnerOf): void {
  app.post(
    '/v1/passkeys/challenge',
    {
      schema: {
        operationId: 'challengePasskey',
        tags,
        summary: 'Request options for a proof with my passkey',
        description: 'The proof goes into `passkey` of the next call. It works once, for five minutes.',
        response: { 200: requestOptions },
      },
      config: forAll({ answers: { 200: requestAnswer }, rejections: ['passkey-not-found'] }),
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send({ ...(await own.challenge(ownerOf(request))) }),
  );
  app.post(
    '/v1/login/passkey',
    {
      schema: {
        operationId: 'challengeLogin',
        tags: ['sessions'],
        summary: 'Request options for the passkey of a login',
        description:
          'For the right password, after POST /v1/login answered `second-factor-required` with `passkey` among the ' +
          '`factors`. The proof goes into `passkey` of POST /v1/login. It works once, for five minutes.',
        body: passkeyLoginRequest,
        response: { 200: requestOptions },
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: { 200: requestAnswer },
          rejections: [
            'wrong-credentials',
            'account-waiting',
            'account-suspended',
            'passkey-not-found',
            'too-many-requests',
          ],
          requests: { password: { summary: 'A password', value: accessExamples.login } },
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send({ ...(await logins.passkeyOptions(request.body, request.ip)) }),
  );
}
