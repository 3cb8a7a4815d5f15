// Compares the trusted proxies of a service with what its requests carry. Behind a proxy that is not trusted every
// client has the proxy's address, so limits by address count all clients as one. No address of a client is kept.
import type { FastifyInstance } from 'fastify';
import type { Finding } from '../../protocol/control/system-api.ts';

/** Requests from one address alone from which it looks like a proxy. */
const sameAddressMin = 1_000;
const loopback = /^(?:::1$|127\.|::ffff:127\.)/;

export type ForwardingWatch = {
  register(app: FastifyInstance): void;
  /** What was seen since the start. */
  findings(): readonly Finding[];
};

/** `variable`: the setting with the trusted proxies. */
export function createForwardingWatch(service: string, variable: string): ForwardingWatch {
  let requests = 0;
  let remote = 0;
  let forwardedByOthers = 0;
  let first: string | undefined;
  let hasOthers = false;
  const check = `${variable} as requests show it`;
  const next = `Set ${variable} to the addresses of the proxies in front of ${service}, and restart it.`;
  return {
    register(app) {
      app.addHook('onRequest', (request, _reply, done) => {
        requests += 1;
        // Health checks and tries on the same machine say nothing about clients.
        if (!loopback.test(request.ip)) {
          remote += 1;
          first ??= request.ip;
          hasOthers ||= request.ip !== first;
        }
        // The address of the connection is taken for the client's: the peer that sent the header is not trusted.
        const isUntrusted = request.ip === request.socket.remoteAddress;
        if (isUntrusted && request.headers['x-forwarded-for'] !== undefined) forwardedByOthers += 1;
        done();
      });
    },
    findings() {
      const finding = { service, check };
      if (forwardedByOthers > 0) {
        const observed = `${forwardedByOthers} of ${requests} requests have X-Forwarded-For from a peer that is not trusted`;
        return [{ ...finding, state: 'warning', observed, next }];
      }
      if (remote >= sameAddressMin && !hasOthers) {
        const observed = `all ${remote} requests from other machines came from one address`;
        return [{ ...finding, state: 'warning', observed, next: `If it is a proxy: ${next}` }];
      }
      return [{ ...finding, state: 'ok', observed: 'requests fit the trusted proxies' }];
    },
  };
}
