// Public documents: the elections, each election's signed document, its turnout and its results. Answers are prepared
// bytes in memory, so they are served while Redis is unavailable. Those of elections that ended long ago are read from
// the archive. They are the same for every client.
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { App } from '../../../platform/http/http.ts';
import { Problem, problemCodesOf } from '../../../protocol/problem.ts';
import { bytes32, electionId } from '../../../protocol/public-values.ts';
import { archiveQuery } from '../../../protocol/public-api.ts';
import type { Documents } from '../documents/documents.ts';
import type { FindElections } from '../documents/find-elections.ts';
import type { ReadPageList } from '../documents/page-lists.ts';
import { voterApiExamples } from '../examples.ts';
import { createResultsTables } from '../documents/results-tables.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Answer, Operation } from '../../../platform/http/openapi.ts';
import { sendPrepared } from '../../../platform/http/prepared-answer.ts';

/** How long a cache may use a document of a log without revalidation, in seconds. */
const logFreshSeconds = 2;

const params = z.strictObject({ electionId });
const logParams = z.strictObject({ electionId, hash: bytes32 });
const csvQuery = z.strictObject({
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .default('en')
    .describe('The language of titles that have it.'),
});
const cached = {
  ETag: 'Strong, from the content.',
  'Cache-Control': 'public, with the seconds for which it is fresh.',
};
const notModified: Answer = { description: 'The client has this document already (If-None-Match).', headers: cached };

const operationOf = (description: string, schema: string, value: unknown, rejections: Operation['rejections']) =>
  documented({
    answers: {
      200: { ...jsonAnswer(description, schema, { document: { summary: description, value } }), headers: cached },
      304: notModified,
    },
    rejections,
  });

type Parts = {
  readonly documents: Pick<Documents, 'list'>;
  readonly elections: FindElections;
  readonly pageList: ReadPageList;
  readonly clock: Clock;
};

export async function publishedElectionRoutes(app: App, { documents, elections, pageList, clock }: Parts) {
  app.get(
    '/v1/elections',
    {
      schema: {
        operationId: 'listElections',
        tags: ['elections'],
        summary: 'Upcoming, open and closed elections, and those whose results are published',
        description:
          'For display only. Whether voting is open is decided when a ballot arrives. Of the published results, the ' +
          'last hundred are here. GET /v1/archive has all elections that have ended.',
      },
      config: operationOf('The elections.', 'ElectionList', voterApiExamples.list, []),
    },
    (request, reply) => {
      const { answer, freshSeconds } = documents.list(clock());
      return sendPrepared(request, reply, answer, freshSeconds);
    },
  );

  archiveRoute(app, elections);

  app.get(
    '/v1/elections/:electionId',
    {
      schema: {
        operationId: 'getElection',
        tags: ['elections'],
        summary: 'The signed public document of an election',
        description: 'The signature (Ed25519) covers the RFC 8785 form of `election`.',
        params,
      },
      config: operationOf(
        'The document.',
        'ElectionDocument',
        voterApiExamples.document,
        problemCodesOf('election-document'),
      ),
    },
    async (request, reply) => {
      const document = await elections.find(request.params.electionId);
      return sendPrepared(request, reply, document.answer, document.freshSeconds);
    },
  );

  for (const [name, schema, example] of [
    ['turnout', 'TurnoutDocument', voterApiExamples.turnout],
    ['results', 'ResultsDocument', voterApiExamples.results],
  ] as const) {
    app.get(
      `/v1/elections/:electionId/${name}`,
      {
        schema: {
          operationId: name === 'turnout' ? 'getTurnout' : 'getResults',
          tags: ['elections'],
          summary: `The signed ${name} of an election, once published`,
          description: `The signature (Ed25519) covers the RFC 8785 form of \`${name}\`.`,
          params,
        },
        config: operationOf('The document.', schema, example, problemCodesOf('result-document')),
      },
      async (request, reply) => {
        const { [name]: document } = await elections.find(request.params.electionId);
        if (!document) throw new Problem('results-not-published');
        return sendPrepared(request, reply, document.answer, document.freshSeconds);
      },
    );
  }

  destructionRoute(app, elections);
  logDocumentRoutes(app, elections);
  logFileDocumentRoutes(app, elections, pageList);
  resultsCsvRoute(app, elections);
}

function destructionRoute(app: App, elections: FindElections): void {
  app.get(
    '/v1/elections/:electionId/destruction',
    {
      schema: {
        operationId: 'getDestruction',
        tags: ['elections'],
        summary: 'The signed certificate that the data of an election is destroyed',
        description:
          'After the certification and the time of retention. The signature (Ed25519) covers the RFC 8785 form of ' +
          '`destruction`. `not-found` before.',
        params,
      },
      config: operationOf('The certificate.', 'DestructionDocument', voterApiExamples.destruction, [
        ...problemCodesOf('election-document'),
        'not-found',
      ]),
    },
    async (request, reply) => {
      const { destruction } = await elections.find(request.params.electionId);
      if (!destruction) throw new Problem('not-found');
      return sendPrepared(request, reply, destruction.answer, destruction.freshSeconds);
    },
  );
}

/** The documents of an election's public log, also below the log's own name. */
function logDocumentRoutes(app: App, elections: FindElections): void {
  app.get(
    '/v1/elections/:electionId/manifest',
    {
      schema: {
        operationId: 'getManifest',
        tags: ['elections'],
        summary: 'The signed manifest of an election with a public log',
        description:
          'The hash of the RFC 8785 form of `manifest`, behind "popvote/manifest/v1" and a zero byte, names the log. ' +
          'The organiser announces it elsewhere.',
        params,
      },
      config: operationOf(
        'The manifest.',
        'ManifestDocument',
        voterApiExamples.manifest,
        problemCodesOf('result-document'),
      ),
    },
    async (request, reply) => {
      const { manifest } = await elections.find(request.params.electionId);
      if (!manifest) throw new Problem('results-not-published');
      return sendPrepared(request, reply, manifest.answer, manifest.freshSeconds);
    },
  );
  // Where every verifier begins: the name of the log is in the manifest.
  app.get('/log/:electionId/manifest.json', { schema: { hide: true, params } }, async (request, reply) => {
    const { manifest } = await elections.find(request.params.electionId);
    if (!manifest) throw new Problem('results-not-published');
    return sendPrepared(request, reply, manifest.answer, Math.min(manifest.freshSeconds, logFreshSeconds));
  });
}

/** Those documents, and the list of the page's files, below the name of the log. */
function logFileDocumentRoutes(app: App, elections: FindElections, pageList: ReadPageList): void {
  const options = { schema: { hide: true, params: logParams } };
  const withLog = async (id: string, hash: string) => {
    const election = await elections.find(id);
    const { manifest } = election;
    if (manifest?.log.hash !== hash) throw new Problem('results-not-published');
    return { ...election, manifest };
  };
  for (const name of ['manifest', 'closing', 'results'] as const) {
    app.get(`/log/:electionId/:hash/${name}.json`, options, async (request, reply) => {
      const document = (await withLog(request.params.electionId, request.params.hash))[name];
      if (!document) throw new Problem('results-not-published');
      return sendPrepared(request, reply, document.answer, Math.min(document.freshSeconds, logFreshSeconds));
    });
  }
  app.get('/log/:electionId/:hash/client.json', options, async (request, reply) => {
    const { manifest } = await withLog(request.params.electionId, request.params.hash);
    const list = await pageList(manifest.publisherKid);
    if (!list) throw new Problem('not-found');
    return sendPrepared(request, reply, list, logFreshSeconds);
  });
}

function archiveRoute(app: App, elections: FindElections): void {
  app.get(
    '/v1/archive',
    {
      schema: {
        operationId: 'listArchive',
        tags: ['elections'],
        summary: 'All elections that have ended, the newest first, page by page',
        description: 'An election appears here two minutes after its end. Every document of it is served without end.',
        querystring: archiveQuery,
      },
      config: operationOf('A page of elections.', 'ElectionArchive', voterApiExamples.archive, ['busy']),
    },
    async (request, reply) => {
      const { answer, freshSeconds } = await elections.archive(request.query.before ?? null);
      return sendPrepared(request, reply, answer, freshSeconds);
    },
  );
}

function resultsCsvRoute(app: App, elections: FindElections): void {
  const tables = createResultsTables();
  app.get(
    '/v1/elections/:electionId/results.csv',
    {
      schema: {
        operationId: 'getResultsCsv',
        tags: ['elections'],
        summary: 'The results of an election as CSV, once published',
        description:
          'Made from the signed documents only. Column names are stable, `row` has the kind of the row, and no cell is a formula.',
        params,
        querystring: csvQuery,
      },
      config: documented({
        answers: {
          200: {
            description: 'One row per option and one per other count.',
            content: {
              'text/csv': { examples: { csv: { summary: 'Two options', value: voterApiExamples.resultsCsv } } },
            },
            headers: cached,
          },
          304: notModified,
        },
        rejections: problemCodesOf('result-document'),
      }),
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const { election, results } = await elections.find(id);
      if (!results) throw new Problem('results-not-published');
      void reply.header('content-disposition', `attachment; filename="${id}-results.csv"`);
      const answer = tables(election, results.body, request.query.language);
      return sendPrepared(request, reply, answer, results.freshSeconds);
    },
  );
}
