// The public logs as static files (c2sp.org/tlog-tiles), from the folder that `herald` writes. A file is served only if it is
// one of those that a log has: no address leads elsewhere. Anybody's page may read them.
import { join } from 'node:path';
import files from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { Problem } from '../../../protocol/problem.ts';
import { headLogName } from '../../../protocol/record/head-log.ts';

const index = String.raw`(?:x\d{3}/){0,5}\d{3}`;
const width = String.raw`(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])`;
const octets = 'application/octet-stream';
const forEver = 'public, max-age=31536000, immutable';
/** The files of a log with their types and how long a cache may use them. Checkpoint and lists change as the log grows. */
const served = [
  { form: /^checkpoint$/, type: 'text/plain; charset=utf-8', cache: 'public, max-age=2' },
  {
    form: new RegExp(`^tile/(?:\\d|[1-5]\\d|6[0-3]|entries)/${index}(?:\\.p/${width})?$`),
    type: octets,
    cache: forEver,
  },
  { form: new RegExp(`^opening/${index}$`), type: octets, cache: forEver },
  { form: /^repeated$/, type: octets, cache: forEver },
  { form: /^find\/(?:0\/all|1\/[0-9a-f]|2\/[0-9a-f]{2}|3\/[0-9a-f]{3})$/, type: octets, cache: 'public, max-age=60' },
  { form: /^manifest\.json$/, type: 'application/json; charset=utf-8', cache: 'public, max-age=2' },
];
const address = /^(?<log>(?:[A-Za-z0-9_-]{1,64}|acts\.record)\/[A-Za-z0-9_-]{43})\/(?<file>.+)$/s;

export async function logFileRoutes(app: App, { directory }: { readonly directory: string }): Promise<void> {
  await app.register(files, { root: directory, serve: false, cacheControl: false, contentType: false });
  const serve = (path: string, reply: FastifyReply): FastifyReply => {
    const { log = '', file = '' } = address.exec(path)?.groups ?? {};
    const kind = served.find(({ form }) => form.test(file));
    if (!kind) throw new Problem('not-found');
    reply.header('cache-control', kind.cache).header('cross-origin-resource-policy', 'cross-origin');
    return reply.header('access-control-allow-origin', '*').type(kind.type).sendFile(join(log, file));
  };
  type Rest = { Params: { '*': string } };
  app.get<Rest>('/log/*', { schema: { hide: true } }, ({ params }, reply) => serve(params['*'], reply));
  // All of its files: `elections.ts` answers for the documents of an election.
  app.get<Rest>(`/log/${headLogName}/*`, { schema: { hide: true } }, ({ params }, reply) =>
    serve(`${headLogName}/${params['*']}`, reply),
  );
}
