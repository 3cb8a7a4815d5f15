// Bounds the time that a client may take for its request. The server's own limit is that of the largest file. Only
// uploads of files may take so long, and only after `access` accepted their token. Every other request has a short time.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PanelSessions } from './sessions.ts';

/** Longest time for sending a request that is not an upload, in milliseconds. */
const requestMsMax = 12_000;

/** The routes of the control APIs that take files, below /api. */
const uploadPaths = [/^\/api\/officials\/v1\/batches$/, /^\/api\/elections\/v1\/elections\/[^/]+\/roll$/];

/** `msMax`: given by tests. The cookies are parsed before. */
export function registerLongBodies(
  app: FastifyInstance,
  { sessions, msMax = requestMsMax }: { readonly sessions: PanelSessions; readonly msMax?: number },
): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    const late = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, msMax).unref();
    raw.once('close', () => clearTimeout(late));
    if (!isUpload(request)) return;
    await sessions.ensureValid(request, reply);
    clearTimeout(late);
  });
}

const isUpload = ({ method, url }: FastifyRequest): boolean =>
  method === 'POST' && uploadPaths.some((path) => path.test(url.split('?', 1)[0] ?? ''));
