// Both verifiers and the specification of the check, for anyone to save: `/popvote-verify.mjs`, `/popvote-verify-go.tar` and
// `/verify.md`. The build makes them (pages/build/verifier.ts). Without a build they are not served.
import { readFileSync } from 'node:fs';
import type { App } from '../../../platform/http/http.ts';
import { preparePage, sendPage } from '../../../platform/http/prepared-page.ts';
import { builtPages } from '../../../platform/project-folder.ts';
import { readDownloads } from '../built-pages.ts';

export async function downloadRoutes(app: App, { folder = builtPages }: { readonly folder?: URL }) {
  const downloads = readDownloads(folder);
  if (!downloads) return;
  const files = [
    [downloads.verifier.path, 'text/javascript; charset=utf-8', 'attachment'],
    [downloads.go.path, 'application/x-tar', 'attachment'],
    [downloads.specification.path, 'text/plain; charset=utf-8', 'inline'],
  ] as const;
  for (const [path, type, disposition] of files) {
    // Few people load them. The best compression would take most of a second at each start.
    const file = preparePage(type, readFileSync(new URL(`downloads${path}`, folder)));
    app.get(path, { schema: { hide: true } }, (request, reply) => {
      void reply.header('content-disposition', disposition);
      return sendPage(request, reply, file, 'no-cache');
    });
  }
}
