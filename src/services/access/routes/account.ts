// The caller's own account: its data, its password, its second factor. For every role.
import type { FastifyRequest } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  account,
  codeProof,
  passwordChange,
  passwordProof,
  recoveryCodes,
  secondFactorOffer,
  secondFactorProof,
} from '../../../protocol/control/access-api.ts';
import { accessExamples } from '../examples.ts';
import type { OwnAccount, Owner } from '../own-account.ts';

const tags = ['account'];
const forAll = (operation: Operation) => ({
  ...allows('administrator', 'official', 'auditor'),
  ...documented(operation),
});
const proofRejections = ['wrong-credentials', 'too-many-requests'] as const;

export type AccountOptions = { readonly own: OwnAccount; readonly guard: RoleGuard };

export async function accountRoutes(app: App, { own, guard }: AccountOptions): Promise<void> {
  const ownerOf = (request: FastifyRequest): Owner => {
    const { sub, sid } = guard.callerOf(request);
    return { sub, sid, address: request.ip };
  };
  app.get(
    '/v1/account',
    {
      schema: {
        operationId: 'getAccount',
        tags,
        summary: 'My account',
        description: 'The user of the access token, as stored now.',
        response: { 200: account },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('The account.', 'Account', { me: { summary: 'Me', value: accessExamples.account } }),
        },
        rejections: [],
      }),
    },
    async (request, reply) => {
      const owner = ownerOf(request);
      return reply.header('cache-control', 'no-store').send({ user: await own.show(owner), sessionId: owner.sid });
    },
  );
  app.post(
    '/v1/password',
    {
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Change my password',
        description: 'All my other sessions end.',
        body: passwordChange,
      },
      config: forAll({
        answers: { 204: { description: 'Only the new password works now.' } },
        rejections: [...proofRejections, 'weak-password'],
        requests: { change: { summary: 'A new password', value: accessExamples.passwordChange } },
      }),
    },
    async (request, reply) => {
      await own.changePassword(ownerOf(request), request.body);
      return reply.code(204).send();
    },
  );
  addingRoutes(app, own, ownerOf);
  removingRoute(app, own, ownerOf);
}

type OwnerOf = (request: FastifyRequest) => Owner;

function addingRoutes(app: App, own: OwnAccount, ownerOf: OwnerOf): void {
  app.post(
    '/v1/second-factor',
    {
      schema: {
        operationId: 'offerSecondFactor',
        tags,
        summary: 'Request a secret for an authenticator',
        description: 'It is active after POST /v1/second-factor/confirm. Each request replaces an unconfirmed secret.',
        body: passwordProof,
        response: { 200: secondFactorOffer },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('The secret, shown only once.', 'SecondFactorOffer', {
            offer: { summary: 'A secret', value: accessExamples.offer },
          }),
        },
        rejections: [...proofRejections, 'conflict'],
        requests: { proof: { summary: 'My password', value: { password: accessExamples.login.password } } },
      }),
    },
    async (request, reply) => {
      const offer = await own.offerSecondFactor(ownerOf(request), request.body.password);
      return reply.header('cache-control', 'no-store').send(offer);
    },
  );
  app.post(
    '/v1/second-factor/confirm',
    {
      schema: {
        operationId: 'confirmSecondFactor',
        tags,
        summary: 'Confirm a second factor with a code of the authenticator',
        description: 'Logins then require a code, and my other sessions end. Keep the recovery codes on paper.',
        body: codeProof,
        response: { 200: recoveryCodes },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('Recovery codes, shown only once.', 'RecoveryCodes', {
            codes: { summary: 'Two of them', value: accessExamples.recoveryCodes },
          }),
        },
        rejections: ['wrong-second-factor', 'conflict'],
        requests: { code: { summary: 'A code', value: { code: '492039' } } },
      }),
    },
    async (request, reply) => {
      const codes = await own.confirmSecondFactor(ownerOf(request), request.body.code);
      return reply.header('cache-control', 'no-store').send({ recoveryCodes: codes });
    },
  );
}

function removingRoute(app: App, own: OwnAccount, ownerOf: OwnerOf): void {
  app.post(
    '/v1/second-factor/disable',
    {
      schema: {
        operationId: 'disableSecondFactor',
        tags,
        summary: 'Remove my second factor',
        description:
          'Requires the password and a code. Without the authenticator and the recovery codes, ask an administrator.',
        body: secondFactorProof,
      },
      config: forAll({
        answers: { 204: { description: 'Logins then require only the password.' } },
        rejections: [...proofRejections, 'wrong-second-factor'],
        requests: {
          proof: { summary: 'Both', value: { password: accessExamples.login.password, code: '492039' } },
        },
      }),
    },
    async (request, reply) => {
      await own.removeSecondFactor(ownerOf(request), request.body);
      return reply.code(204).send();
    },
  );
}
