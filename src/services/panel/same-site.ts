// Rejects requests that another site makes a browser send (cross-site request forgery). A browser adds the session
// cookie by itself, so a request that changes something and is authenticated by a cookie must come from the panel's own
// pages. Only a program that holds a bearer token adds it, so a request with one is never rejected here.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../protocol/problem.ts';

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function registerSameSiteGuard(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (mayBeFromElsewhere(request)) done(new Problem('cross-site'));
    else done();
  });
}

function mayBeFromElsewhere(request: FastifyRequest): boolean {
  const { method, headers } = request;
  if (headers.authorization !== undefined) return false;
  if (!reading.has(method)) return comesFromElsewhere(request);
  // Some reads are audited. A link may lead here from anywhere, but a page of another host may load nothing.
  const site = headers['sec-fetch-site'];
  return site === 'same-site' && headers.cookie !== undefined && headers['sec-fetch-mode'] !== 'navigate';
}

/**
 * By Sec-Fetch-Site, which no page can set (W3C Fetch Metadata), or else by Origin. A request with neither does not
 * come from a browser. A sibling host (`same-site`) counts as another site, because its content is not ours.
 */
function comesFromElsewhere({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
