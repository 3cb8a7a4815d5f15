// Answer 202 of a route whose act needs two administrators.
import type { FastifyReply } from 'fastify';
import { jsonAnswer } from '../../../platform/http/openapi.ts';
import type { UserActProposal } from '../../../protocol/control/user-proposals-api.ts';
import { accessExamples } from '../examples.ts';

export const userActProposedResponse = jsonAnswer(
  'Proposed, and not carried out: another administrator can sign in, so one of them must confirm this within 24 hours.',
  'UserActProposed',
  { proposed: { summary: 'A proposal', value: accessExamples.proposed } },
);

export const respondUserActProposed = (reply: FastifyReply, { proposal }: { readonly proposal: UserActProposal }) =>
  reply.code(202).header('cache-control', 'no-store').send({ proposal });
