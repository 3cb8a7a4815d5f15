// Response headers that restrict a page to this origin. They are constants set once for each answer: @fastify/helmet
// rebuilds its middleware for each request, which was measured at 50 µs a request, a third of the time budget of a
// cast.

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

/**
 * The headers of every answer. HSTS only if this process serves TLS itself, and no upgrade of insecure requests: on
 * plain HTTP, as on a phone in the local network, either would break every page.
 */
export function securityHeaders(options: { readonly tls: boolean }): Readonly<Record<string, string>> {
  return {
    'content-security-policy': strictPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(options.tls && { 'strict-transport-security': 'max-age=31536000' }),
  };
}
