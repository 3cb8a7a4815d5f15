// Turnout, results, how to check them, and the list of ended elections as pages for people, readable without script:
// `/turnout/{id}`, `/results/{id}`, `/trust/{id}` and `/archive`, in the language of `?lang=` or of the browser. And the page
// `/roll/{id}`, which asks whether a voter is on the roll. Every rejection of the application is a page too, for people.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { Problem, isTemporary, problems } from '../../../protocol/problem.ts';
import { archiveQuery } from '../../../protocol/public-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { pageTag } from '../../../pages/public/page-tag.ts';
import type { PublicPages } from '../public-pages.ts';
import { sendPage } from '../../../platform/http/prepared-page.ts';
import type { PreparedPage } from '../../../platform/http/prepared-page.ts';
import { sendProblemPages } from '../../../platform/http/problems.ts';
import { sendPageHeaders } from '../../../platform/http/security-headers.ts';

type Request = FastifyRequest<{ Params: { electionId: string }; Querystring: { lang?: unknown } }>;
const querystring = z.looseObject({ lang: z.unknown() }).partial();
const caching = { vary: 'accept-encoding, accept-language' };

type CheckQuery = { lang?: unknown; c?: unknown; election?: unknown };
/** Longest text that is passed on from the query of an address, in characters. */
const queryCharactersMax = 64;

/**
 * A code in the query has been sent to this service. It goes behind the `#`, so that neither the history of the browser nor
 * a further request has it, and the page says that it was sent.
 */
function addressWithoutCode(tag: string, { c, election }: CheckQuery): string {
  const place = new URLSearchParams();
  for (const [name, text] of Object.entries({ c, election })) {
    if (typeof text === 'string') place.set(name, text.slice(0, queryCharactersMax));
  }
  place.set('sent', '1');
  return `/check?lang=${tag}#${place.toString()}`;
}

/** An address that is safe in a link of a page: of this origin, without anything to decode. */
const plainPath = /^(?:\/[\w-]+)*\/?$/;

export async function publicPageRoutes(app: App, { pages }: { pages: PublicPages }) {
  app.addHook('onRequest', sendPageHeaders);
  sendProblemPages(app, (problem, { url, query, headers }) => {
    const [path = '/'] = url.split('?', 1);
    const tag = pageTag((query as { lang?: unknown } | undefined)?.lang, headers['accept-language']);
    const { type, bodies } = pages.rejection(problem, plainPath.test(path) ? path : '/archive', tag);
    return { type, body: bodies.identity };
  });
  app.get<{ Querystring: CheckQuery }>('/check', { schema: { hide: true, querystring } }, (request, reply) => {
    const tag = pageTag(request.query.lang, request.headers['accept-language']);
    if (request.query.c !== undefined) {
      return reply.header('cache-control', 'no-store').redirect(addressWithoutCode(tag, request.query));
    }
    return sendPage(request, reply, pages.check(tag), 'no-cache', caching.vary);
  });
  app.get<{ Querystring: { lang?: unknown; before?: unknown } }>(
    '/archive',
    { schema: { hide: true, querystring } },
    (request, reply) => {
      const tag = pageTag(request.query.lang, request.headers['accept-language']);
      // Anything else is the first page.
      const { before = null } = archiveQuery.safeParse({ before: request.query.before }).data ?? {};
      return pages.archive(before, tag).then(
        ({ page, freshSeconds }) => sendPage(request, reply, page, `public, max-age=${freshSeconds}`, caching.vary),
        (error: unknown) => sendRejection(reply, error, (problem) => pages.rejection(problem, '/archive', tag)),
      );
    },
  );
  for (const kind of ['turnout', 'results', 'roll', 'trust'] as const) {
    const answer = (request: Request, reply: FastifyReply): Promise<FastifyReply> => {
      const tag = pageTag(request.query.lang, request.headers['accept-language']);
      const id = electionId.safeParse(request.params.electionId);
      const page = id.success ? pages.page(kind, id.data, tag) : Promise.reject(new Problem('election-not-found'));
      return page.then(
        ({ page, freshSeconds }) => sendPage(request, reply, page, `public, max-age=${freshSeconds}`, caching.vary),
        (error: unknown) =>
          sendRejection(reply, error, (problem) =>
            pages.rejection(problem, id.success ? `/${kind}/${id.data}` : '/', tag),
          ),
      );
    };
    app.get<{ Params: { electionId: string }; Querystring: { lang?: unknown } }>(
      `/${kind}/:electionId`,
      { schema: { hide: true, querystring } },
      answer,
    );
  }
}

function sendRejection(reply: FastifyReply, error: unknown, pageOf: (problem: Problem) => PreparedPage): FastifyReply {
  if (!(error instanceof Problem)) throw error;
  if (isTemporary(error.code)) void reply.header('retry-after', '2');
  const page = pageOf(error);
  // Never a 304, because these answers are not cached.
  return reply
    .code(problems[error.code].status)
    .headers({ 'content-type': page.type, 'cache-control': 'no-store', ...caching })
    .send(page.bodies.identity);
}
