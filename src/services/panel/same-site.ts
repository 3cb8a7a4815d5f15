// Refuses what another site makes a browser send (cross-site request forgery). A browser adds the cookie of a session by
// itself, so a request that changes something and stands on a cookie must come from the panel's own pages. A bearer
// token is added by nobody but the program that holds it: such a request is never refused here.
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
  // Some readings go on record. A link may lead here from anywhere; a page of another host may load nothing.
  const site = headers['sec-fetch-site'];
  return site === 'same-site' && headers.cookie !== undefined && headers['sec-fetch-mode'] !== 'navigate';
}

/**
 * By Sec-Fetch-Site, which no page can set (W3C Fetch Metadata), else by Origin; a request with neither is no browser's.
 * A sibling host (`same-site`) is elsewhere too: what runs there is not ours.
 */
function comesFromElsewhere({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
