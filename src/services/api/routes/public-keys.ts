// The public keys that outsiders need: of the publishers, who sign documents, and of the receipts. They come from the file
// of public keys that the operator gave this process; whoever distrusts this server compares them with another source.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { PublicKeys } from '../../../protocol/key-files.ts';
import type { PublicKeySet } from '../../../protocol/public-api.ts';
import { voterApiExamples } from '../examples.ts';
import { prepareJson, sendPrepared } from '../../../platform/http/prepared-answer.ts';

/** How long a cache may use the keys without asking, in seconds: they change with the process. */
const freshSeconds = 60;

export async function publicKeyRoutes(app: App, { publishers, receipts }: Pick<PublicKeys, 'publishers' | 'receipts'>) {
  const shown = (keys: PublicKeys['receipts']) => keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }));
  const answer = prepareJson({ publishers: shown(publishers), receipts: shown(receipts) } satisfies PublicKeySet);
  app.get(
    '/v1/public-keys',
    {
      schema: {
        operationId: 'getPublicKeys',
        tags: ['elections'],
        summary: 'The keys that signatures and receipts are checked with',
        description:
          'JSON Web Keys (Ed25519). Compare them with what the operator announced elsewhere before you trust them.',
      },
      config: documented({
        answers: {
          200: {
            ...jsonAnswer('The keys.', 'PublicKeySet', {
              keys: { summary: 'The keys.', value: voterApiExamples.publicKeys },
            }),
            headers: { ETag: 'Strong, from the content.', 'Cache-Control': 'public, with the seconds it stays fresh.' },
          },
          304: { description: 'The client has these keys already (If-None-Match).' },
        },
        rejections: [],
      }),
    },
    (request, reply) => sendPrepared(request, reply, answer, freshSeconds),
  );
}
