// Response headers that restrict what a browser does with an answer: all of them for pages, and the few that matter for
// JSON. They are constants set once for each answer: @fastify/helmet rebuilds its middleware for each request, which was
// measured at 50 µs a request, a third of the time budget of a cast.

const directives = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** The policy of a page: that of every answer with additions. */
export const contentSecurityPolicy = (more: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ ...directives, ...more })
    .map((directive) => directive.join(' '))
    .join('; ');
const strictPolicy = contentSecurityPolicy();

type Headers = Readonly<Record<string, string>>;

/**
 * The headers of every answer, which are enough for data: no browser runs it, shows it in a frame, or takes it for another
 * type. HSTS only if this process serves TLS itself: on plain HTTP, as on a phone in the local network, it would break
 * every page.
 */
export const answerHeaders = ({ tls }: { readonly tls: boolean }): Headers => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  ...(tls && { 'strict-transport-security': 'max-age=31536000' }),
});

/** The headers of a page besides. No upgrade of insecure requests, for the same reason. */
export const pageHeaders: Headers = {
  'content-security-policy': strictPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/**
 * The headers of a page that any site may show in a frame. It has no script, no form and no connection, so there is nothing in
 * it that a page around it could make a reader do.
 */
export const framedPageHeaders: Headers = {
  'content-security-policy': contentSecurityPolicy({
    'script-src': "'none'",
    'connect-src': "'none'",
    'form-action': "'none'",
    'frame-ancestors': '*',
  }),
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
};

/** The `onRequest` hook of an application or plugin that answers with pages. */
export function sendPageHeaders(
  _request: unknown,
  reply: { headers(values: Headers): unknown },
  done: () => void,
): void {
  reply.headers(pageHeaders);
  done();
}
