// Answer 202 of a route whose act needs two administrators.
import type { FastifyReply } from 'fastify';
import { jsonAnswer } from '../../../platform/http/openapi.ts';
import { proposalExamples } from '../api-docs/proposal-examples.ts';
import type { ActProposed } from '../proposals/proposals.ts';

export const proposedResponse = jsonAnswer(
  'Proposed, and not carried out: the election counts, so another administrator must confirm this within 24 hours.',
  'Proposed',
  { proposed: { summary: 'A proposal', value: proposalExamples.proposed } },
);

export const respondProposed = (reply: FastifyReply, { proposal }: { readonly proposal: ActProposed }) =>
  reply.code(202).header('cache-control', 'no-store').send({ proposal });
