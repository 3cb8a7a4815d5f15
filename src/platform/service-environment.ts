// Variables with the same meaning in every service: addresses of dependencies, TLS of the ports, the log. Names with
// the prefix of a service are in that service's config, so that each environment can be read in one place.
import { z } from 'zod';
import { belongTogether, networks, origin, wholeNumber } from './environment-fields.ts';
import type { HttpOptions } from './http/http.ts';

export const trustedProxies = networks
  .default([])
  .describe('Addresses (CIDR, separated by commas) of proxies whose X-Forwarded-For is trusted, such as the panel.');

export const logLevel = z
  .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  .default('info')
  .describe('Least severe level that is logged.');

/** Longest drain, in seconds. */
export const drainSecondsMax = 300;
const drainSeconds = (seconds: number) => wholeNumber(0, drainSecondsMax).default(seconds);

/** Of services that others call: longer than a balancer usually needs to take a process out. */
export const drainOfCalled = drainSeconds(10).describe(
  'Time after SIGTERM in which /readyz says draining and everything is still served, in seconds (0 to 300). Longer than ' +
    'the load balancer needs to notice.',
);
/** Of services that no one calls. */
export const drainOfUncalled = drainSeconds(0).describe(
  'Time after SIGTERM in which /readyz says draining and the work continues, in seconds (0 to 300).',
);

/** The addresses of `access` for the services of the control zone. */
export const accessFields = {
  ACCESS_ORIGIN: origin
    .default('http://127.0.0.1:9105')
    .describe('Address of the control API of access, whose published keys check access tokens.'),
  ACCESS_PRIVATE_ORIGIN: origin
    .default('http://127.0.0.1:9106')
    .describe('Private address of access, for the status of a session when Redis does not have it.'),
};

/** For `superRefine`: a key without its certificate, or a certificate without its key, is a fault. */
export const tlsTogether =
  (prefix: string) =>
  (settings: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const key = `${prefix}_TLS_KEY`;
    const cert = `${prefix}_TLS_CERT`;
    const fault = (message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    const { [key]: keyText, [cert]: certText } = settings;
    if ((keyText === undefined) !== (certText === undefined)) fault(`give ${key} and ${cert} together.`);
    else if (typeof keyText === 'string' && typeof certText === 'string' && !belongTogether(keyText, certText)) {
      fault(`is not the key of ${cert}.`);
    }
  };

/** For `superRefine`: more copies of a key than there are addresses is a fault. One of them may be the process itself. */
export const copiesPossible =
  (prefix: string) =>
  (settings: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const { [`${prefix}_PEERS`]: peers, [`${prefix}_KEY_COPIES`]: copies } = settings;
    if (!Array.isArray(peers) || typeof copies !== 'number' || copies <= peers.length) return;
    const message = `is more than the addresses in ${prefix}_PEERS.`;
    context.addIssue({ code: 'custom', path: [`${prefix}_KEY_COPIES`], message });
  };

/** TLS of a service's ports, if it is configured. */
export function tlsOf(settings: Readonly<Record<string, unknown>>, prefix: string): HttpOptions['tls'] {
  const [key, cert, clientCa] = ['KEY', 'CERT', 'CLIENT_CA'].map((name) => settings[`${prefix}_TLS_${name}`]);
  if (typeof key !== 'string' || typeof cert !== 'string') return undefined;
  return { key, cert, ...(typeof clientCa === 'string' && { clientCa }) };
}
