// The voters' page as files: read once, compressed once, served from memory. The page itself is revalidated each time
// (ETag). Its assets are cached without end, because their names are content hashes. Nothing here depends on a voter.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import type { App } from '../../../platform/http/http.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { builtPages } from '../../../platform/project-folder.ts';
import { languageTags } from '../../../pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../pages/public/languages/languages.ts';
import { pageTag } from '../../../pages/public/page-tag.ts';
import { preparePage, sendPage } from '../../../platform/http/prepared-page.ts';
import type { PreparedPage } from '../../../platform/http/prepared-page.ts';
import { sendPageHeaders } from '../../../platform/http/security-headers.ts';

const htmlType = 'text/html; charset=utf-8';
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function voterPageRoutes(app: App, { folder = builtPages }: { folder?: URL }) {
  app.addHook('onRequest', sendPageHeaders);
  const fileOf = (tag: LanguageTag): URL => new URL(`voter-${tag}.html`, folder);
  if (!existsSync(fileOf('en'))) {
    // Without a build, the service has only its API.
    app.log.warn('pages.missing');
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
    return;
  }
  // One page per language. They differ only in its tag and in the texts that the browser preloads.
  const pages = new Map(languageTags.map((tag) => [tag, readVoterPage(fileOf(tag))]));
  const assets = new Map(
    readdirSync(new URL('assets/', folder)).map((name) => [name, readPage(new URL(`assets/${name}`, folder))]),
  );
  app.get<{ Querystring: { election?: unknown } }>('/', { schema: { hide: true } }, (request, reply) => {
    const page = pages.get(pageTag(undefined, request.headers['accept-language']));
    if (!page) throw new Problem('not-found');
    void reply.header('link', [...firstDocument(request.query.election), page.links].join(', '));
    return sendPage(request, reply, page, 'no-cache', 'accept-encoding, accept-language');
  });
  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, (request, reply) => {
    const asset = assets.get(request.params.name);
    if (!asset) throw new Problem('not-found');
    return sendPage(request, reply, asset, 'public, max-age=31536000, immutable');
  });
}

type VoterPage = PreparedPage & { readonly links: string };

/** A page, and its style and script for the field Link: a browser begins with them before it reads the page. */
function readVoterPage(file: URL): VoterPage {
  const text = readFileSync(file);
  const addresses = Array.from(text.toString().matchAll(/(?:src|href)="(\/assets\/[\w-]+\.(css|js))"/g));
  const links = addresses.map(
    ([, address = '', kind]) => `<${address}>; rel=${kind === 'css' ? 'preload; as=style' : 'modulepreload'}`,
  );
  return { ...preparePage(htmlType, text, true), links: links.join(', ') };
}

/**
 * What the script of the page asks for first, so that it is there when the script is. An address that names no election has the
 * list; one with a name that cannot be has nothing. The page itself is the same for all.
 */
function firstDocument(election: unknown): readonly string[] {
  const id = electionId.safeParse(election);
  if (election !== undefined && !id.success) return [];
  return [`</v1/elections${id.success ? `/${id.data}` : ''}>; rel=preload; as=fetch; crossorigin`];
}

function readPage(file: URL): PreparedPage {
  return preparePage(types[extname(file.pathname)] ?? 'application/octet-stream', readFileSync(file), true);
}
