// Step 3: the ballot goes to `ballots` and its receipt is returned, with the same bytes each time. The token is opened
// before the body is read, and no other service is called without one. No choice is stored or logged here.
import type { App } from '../../../platform/http/http.ts';
import { problemCodesOf } from '../../../protocol/problem.ts';
import type { ParticipationMark } from '../../../protocol/proofs/participation-mark.ts';
import { castRequest } from '../../../protocol/public-api.ts';
import { castBytesMax } from '../../../protocol/ballot-service.ts';
import type { Receipt } from '../../../protocol/public-api.ts';
import type { VerifiedClaims } from '../../../protocol/tokens.ts';
import { voterApiExamples } from '../examples.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import type { FunnelSteps } from '../sessions/funnel.ts';
import type { CastCalls } from '../cast-calls.ts';
import type { TextReader } from '../waiting/verification-state.ts';
import type { SessionGuard } from '../sessions/session-tokens.ts';

const operation: Operation = {
  answers: {
    201: jsonAnswer('Recorded. The same bytes, sent again, get the same answer.', 'CastAnswer', {
      receipt: { summary: 'The receipt', value: { receipt: voterApiExamples.receipt } },
    }),
  },
  rejections: problemCodesOf('cast'),
  requests: { ballot: { summary: 'A ballot', value: voterApiExamples.castRequest } },
};

export type BallotOptions = {
  readonly casting: CastCalls;
  readonly guard: SessionGuard<VerifiedClaims>;
  readonly funnel: Pick<FunnelSteps, 'cast'>;
  readonly texts: Pick<TextReader, 'forget'>;
  /** The mark in the public document, by which `ballots` notices that its database is older. */
  readonly markOf: (electionId: string) => ParticipationMark | undefined;
};

export async function ballotRoutes(app: App, { casting, guard, funnel, texts, markOf }: BallotOptions) {
  app.post(
    '/v1/ballots',
    {
      onRequest: guard.onRequest,
      bodyLimit: castBytesMax,
      schema: {
        operationId: 'castBallot',
        tags: ['ballots'],
        security: [{ verifiedToken: [] }],
        summary: 'Step 3: cast the ballot and get a receipt',
        description:
          'Keep `ballotKey` and the ballot until you have the receipt. After no answer, or `outcome-unknown`, send the ' +
          'same bytes again. You get the same receipt and the ballot counts once. The first ballot cannot be changed.',
        body: castRequest,
      },
      config: { ...documented(operation), ...sheds('never') },
    },
    async (request, reply) => {
      const { sid, electionId, identity, phoneKey, attestation } = guard.claimsOf(request);
      const mark = markOf(electionId);
      const voter = { sid, electionId, identity, phoneKey, attestation };
      const receipt = await casting.cast({ ...voter, ...request.body, ...(mark && { mark }) });
      funnel.cast({ sid, electionId });
      if (attestation.method === 'text-in') void texts.forget({ phoneKey, codeTag: attestation.binding });
      return reply
        .code(201)
        .header('content-type', 'application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .serializer(String)
        .send(receiptText(receipt));
    },
  );
}

// Every field by name and in one order, so that a replay has the same bytes from any process.
function receiptText(receipt: Receipt): string {
  const { version, electionId, signature, kid } = receipt;
  if (receipt.version === 1)
    return JSON.stringify({ receipt: { version, electionId, leaf: receipt.leaf, signature, kid } });
  const { origin, kind, castTag, content } = receipt;
  return JSON.stringify({ receipt: { version, electionId, origin, kind, castTag, content, signature, kid } });
}
