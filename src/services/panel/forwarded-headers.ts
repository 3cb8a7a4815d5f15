// Which headers pass through the panel. A header about one connection (RFC 9110, section 7.6.1) is never passed on, in
// either direction, nor is one that the sender lists in `Connection`: each connection has its own.
import type { IncomingHttpHeaders } from 'node:http';
import { traceHeader } from '../../platform/tracing/span.ts';

/**
 * `expect` is here too: the panel has already answered it with `100 Continue`, and its client does not support it. The
 * panel passes on no trailers, so none are announced.
 */
const ofOneConnection: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers without those about one connection. */
export function endToEndHeaders<Headers extends IncomingHttpHeaders>(headers: Headers): Headers {
  // Repeated lines of an answer are a list here, whatever the type of Node says.
  const lines: readonly string[] = [(headers['connection'] as string | string[] | undefined) ?? []].flat();
  const listed = new Set(lines.flatMap((line) => line.split(',').map((name) => name.trim().toLowerCase())));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ofOneConnection.has(name) && !listed.has(name)),
  ) as Headers;
}

/** Headers about the origin of a request, its trace, and cookies: only the panel sets them. */
const ours: ReadonlySet<string> = new Set(['cookie', 'forwarded', 'x-real-ip', traceHeader, 'tracestate', 'baggage']);
const isOurs = (name: string): boolean => ours.has(name) || name.startsWith('x-forwarded-');

/** The headers for a service, from those of a client. `hasBody`: whether the body is passed on; else it has no length. */
export function headersForService(
  headers: IncomingHttpHeaders,
  {
    address,
    token,
    hasBody,
  }: { readonly address: string; readonly token: string | undefined; readonly hasBody: boolean },
): IncomingHttpHeaders {
  const passed = Object.entries(endToEndHeaders(headers)).filter(
    ([name]) => !isOurs(name) && (hasBody || name !== 'content-length'),
  );
  return {
    ...Object.fromEntries(passed),
    'x-forwarded-for': address,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}
