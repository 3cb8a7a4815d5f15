// The development servers of the pages: Vite serves the sources of the voters' page and of the panel, and reloads a
// browser when one changes. Every other request goes to the local platform. A browser sees one origin for each, as in
// production, so that cookies and the panel's check of the request's site work unchanged.
import { readFileSync, realpathSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createServer } from 'vite';
import type { InlineConfig, Plugin, ProxyOptions, ViteDevServer } from 'vite';
import { pageTag } from '../public/page-tag.ts';
import { panelSyntax, root, source } from './options.ts';

/** Origins of the platform for requests that Vite does not serve. */
export type PlatformOrigins = { readonly api: string; readonly sms: string; readonly panel: string };
type Answer = { readonly html: string; readonly status: number };
/** The page at an address, or null if the address is not of a page. */
type FindPage = (request: IncomingMessage, path: string) => Promise<Answer | null> | Answer | null;

/** First path segments of addresses that Vite serves itself. */
const ownFolders = ['node_modules', 'voter', 'shared', 'public', 'panel'];
const proxied = `^/(?!@|(?:${ownFolders.join('|')})/|$|\\?)`;
/** Pages that api renders. */
const publicPage = /^\/(?:results\/|turnout\/|roll\/|trust\/|check(?:\?|$))/;

export async function serveVoterPages(origins: PlatformOrigins, port: number): Promise<ViteDevServer> {
  const page = readSource('voter/voter.html', {
    'icon.svg': '/shared/icon.svg',
    'voter.css': '/voter/voter.css',
    'voter.js': '/voter/voter.ts',
    '{log-check.js}': '/voter/log-check.ts',
    '{kiosk.js}': '/voter/kiosk/kiosk.ts',
    'qr.js': '/shared/qr.ts',
    '{second-element.js}': `/@fs${join(root, 'src/domain/roll/second-element.ts')}`,
    preload: '',
  });
  const sms = to(origins.sms);
  return listening('voters', port, {
    proxy: { '^/(?:simulator|webhooks)': sms, [proxied]: to(origins.api) },
    plugin: pagesPlugin((request, path) => {
      if (/^\/(?:\?|$)/.test(path)) {
        const tag = pageTag(null, request.headers['accept-language']);
        return { html: page().replace('{tag}', tag), status: 200 };
      }
      return publicPage.test(path) ? renderedByApi(origins.api, request, path) : null;
    }),
  });
}

export async function servePanel(origins: PlatformOrigins, port: number): Promise<ViteDevServer> {
  const icon = { '"../shared/': '"/shared/' };
  const panel = readSource('panel/panel.html', { ...icon, '"./': '"/panel/' });
  const preview = readSource('panel/preview.html', { '"./': '"/panel/' });
  const own = new RegExp(`^/(?:@|api/|(?:${ownFolders.join('|')})/)`);
  return listening('panel', port, {
    proxy: { '^/api/': to(origins.panel) },
    plugin: pagesPlugin((_request, path) => {
      if (own.test(path)) return null;
      return { html: /^\/preview(?:\?|$)/.test(path) ? preview() : panel(), status: 200 };
    }),
  });
}

/** Reads a page again for each request, with names in braces or whole texts replaced. */
function readSource(name: string, replacements: Readonly<Record<string, string>>): () => string {
  return () => {
    let text = readFileSync(join(source, name), 'utf8');
    for (const [from, replacement] of Object.entries(replacements)) {
      text = text.replaceAll(/^[\w.]+$/.test(from) ? `{${from}}` : from, replacement);
    }
    return text;
  };
}

/** The Host header of the browser is kept: the panel compares it with the origin of the page. */
function to(target: string): ProxyOptions {
  return { target, changeOrigin: false };
}

/** A page of api, with style and script from the sources instead of the built ones. */
async function renderedByApi(api: string, { headers }: IncomingMessage, path: string): Promise<Answer> {
  const answer = await fetch(api + path, {
    headers: { accept: 'text/html', 'accept-language': headers['accept-language'] ?? '' },
  });
  const text = (await answer.text()).replace(/<(?:link|script)[^>]*"\/assets\/[^>]*>(?:<\/script>)?/g, '');
  const name = ['check', 'roll'].find((page) => path.startsWith(`/${page}`));
  const script = name ? `<script type="module" src="/public/${name}/${name}.ts"></script>` : '';
  const head = `<link rel="icon" href="/shared/icon.svg" /><link rel="stylesheet" href="/public/public.css" />${script}`;
  return { html: text.replace('</head>', `${head}</head>`), status: answer.status };
}

function pagesPlugin(find: FindPage): Plugin {
  return {
    name: 'popvote-pages',
    configureServer(server) {
      const answer = async (request: IncomingMessage, reply: ServerResponse): Promise<boolean> => {
        const path = request.url ?? '/';
        if (request.method !== 'GET' || request.headers.accept?.includes('text/html') !== true) return false;
        const page = await find(request, path);
        if (page === null) return false;
        reply.writeHead(page.status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
        reply.end(await server.transformIndexHtml(path, page.html));
        return true;
      };
      server.middlewares.use((request, reply, next: (error?: unknown) => void) => {
        answer(request, reply).then((answered) => {
          if (!answered) next();
        }, next);
      });
    },
  };
}

async function listening(
  name: string,
  port: number,
  { proxy, plugin }: { readonly proxy: Record<string, ProxyOptions>; readonly plugin: Plugin },
): Promise<ViteDevServer> {
  const config: InlineConfig = {
    configFile: false,
    root: source,
    appType: 'custom',
    publicDir: false,
    logLevel: 'warn',
    cacheDir: join(root, 'node_modules/.vite', name),
    plugins: [plugin],
    oxc: panelSyntax,
    optimizeDeps: { entries: [name === 'panel' ? 'panel/main.tsx' : 'voter/voter.ts'] },
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      cors: false,
      proxy,
      fs: { allow: [root, realpathSync(join(root, 'node_modules'))] },
    },
  };
  const server = await createServer(config);
  return server.listen();
}
