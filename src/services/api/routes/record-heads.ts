// The signed heads of the record of administrative acts. Anyone who keeps one can show that the record was rewritten.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { sendPrepared } from '../../../platform/http/prepared-answer.ts';
import { freshSecondsMax } from '../documents/documents.ts';
import type { ReadRecordHeads } from '../documents/record-heads.ts';
import { recordHeadsExample } from '../examples.ts';

export async function recordHeadRoutes(app: App, { read }: { readonly read: ReadRecordHeads }): Promise<void> {
  app.get(
    '/v1/record-heads',
    {
      schema: {
        operationId: 'getRecordHeads',
        tags: ['elections'],
        summary: 'The signed heads of the record of administrative acts',
        description:
          'Newest first, signed each hour and after each published act. The signature (Ed25519) covers the RFC 8785 form ' +
          'of `head`. Its hash binds every entry up to its number.',
      },
      config: documented({
        answers: {
          200: {
            ...jsonAnswer('The heads.', 'RecordHeads', { heads: { summary: 'One head', value: recordHeadsExample } }),
            headers: {
              ETag: 'Strong, from the content.',
              'Cache-Control': 'public, with the seconds for which it is fresh.',
            },
          },
          304: { description: 'The client has these heads already (If-None-Match).' },
        },
        rejections: ['busy'],
      }),
    },
    async (request, reply) => sendPrepared(request, reply, await read(), freshSecondsMax),
  );
}
