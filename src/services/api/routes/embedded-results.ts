// The result of an election for other websites: `/embed/{id}`, in the language of `?lang=` or of the browser. It is the only page
// that another site may show in a frame. A rejection is the problem or the page that every other address has, without a frame.
// And the picture that other programs show beside a link to an election.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { sendPage } from '../../../platform/http/prepared-page.ts';
import { framedPageHeaders } from '../../../platform/http/security-headers.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { picturePathOf } from '../../../pages/public/log-part.ts';
import { pageTag } from '../../../pages/public/page-tag.ts';
import type { PublicPages } from '../public-pages.ts';

const querystring = z.looseObject({ lang: z.unknown() }).partial();

export async function embeddedResultRoutes(app: App, { pages }: { readonly pages: PublicPages }) {
  app.get<{ Params: { electionId: string }; Querystring: { lang?: unknown } }>(
    '/embed/:electionId',
    { schema: { hide: true, querystring } },
    async (request, reply) => {
      const tag = pageTag(request.query.lang, request.headers['accept-language']);
      const id = electionId.safeParse(request.params.electionId);
      if (!id.success) throw new Problem('election-not-found');
      const { page, freshSeconds } = await pages.page('embed', id.data, tag);
      void reply.headers(framedPageHeaders);
      return sendPage(request, reply, page, `public, max-age=${freshSeconds}`, 'accept-encoding, accept-language');
    },
  );
  app.get<{ Params: { electionId: string } }>(
    picturePathOf(':electionId'),
    { schema: { hide: true } },
    async (request, reply) => {
      const id = electionId.safeParse(request.params.electionId);
      if (!id.success) throw new Problem('election-not-found');
      const { page, freshSeconds } = await pages.picture(id.data);
      void reply.header('cross-origin-resource-policy', 'cross-origin');
      return sendPage(request, reply, page, `public, max-age=${freshSeconds}`);
    },
  );
}
