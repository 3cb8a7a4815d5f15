// The public keys for outside verifiers: of the publishers, who sign documents, and of the receipts. They come from the
// operator's file of public keys. A person who does not trust this server compares them with another source.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { PublicKeys } from '../../../protocol/key-files.ts';
import type { PublicKeySet } from '../../../protocol/public-api.ts';
import { voterApiExamples } from '../examples.ts';
import { prepareJson, sendPrepared } from '../../../platform/http/prepared-answer.ts';

/** How long a cache may use the keys without revalidation, in seconds. They change only with a restart. */
const freshSeconds = 60;

export async function publicKeyRoutes(app: App, { publishers, receipts }: Pick<PublicKeys, 'publishers' | 'receipts'>) {
  const toPublicJwks = (keys: PublicKeys['receipts']) => keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }));
  const answer = prepareJson({
    publishers: toPublicJwks(publishers),
    receipts: toPublicJwks(receipts),
  } satisfies PublicKeySet);
  app.get(
    '/v1/public-keys',
    {
      schema: {
        operationId: 'getPublicKeys',
        tags: ['elections'],
        summary: 'The keys that verify signatures and receipts',
        description:
          'JSON Web Keys (Ed25519). Before you trust them, compare them with the keys that the operator announced elsewhere.',
      },
      config: documented({
        answers: {
          200: {
            ...jsonAnswer('The keys.', 'PublicKeySet', {
              keys: { summary: 'The keys.', value: voterApiExamples.publicKeys },
            }),
            headers: {
              ETag: 'Strong, from the content.',
              'Cache-Control': 'public, with the seconds for which it is fresh.',
            },
          },
          304: { description: 'The client has these keys already (If-None-Match).' },
        },
        rejections: [],
      }),
    },
    (request, reply) => sendPrepared(request, reply, answer, freshSeconds),
  );
}
