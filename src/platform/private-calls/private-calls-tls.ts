// Optional mutual TLS between services, in addition to the callers' signed tokens: the variables of a caller, which are
// set together or not at all.
import { ConfigurationError } from '../environment.ts';
import { belongTogether, certificate, privateKey } from '../environment-fields.ts';

/** Fields of a caller's environment. */
export const callsTlsFields = {
  CALLS_TLS_CA: certificate.optional().describe('Authority (PEM) of the certificates of the services that are called.'),
  CALLS_TLS_CERT: certificate
    .optional()
    .describe('Certificate (PEM) that is presented to the services that are called.'),
  CALLS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of CALLS_TLS_CERT. Set CALLS_TLS_KEY_FILE.'),
};

export type CallsTls = { readonly ca: string; readonly cert: string; readonly key: string };

/** The TLS of private calls, or undefined for none. Throws `ConfigurationError` if only a part is set. */
export function callsTlsOf(settings: {
  readonly CALLS_TLS_CA?: string | undefined;
  readonly CALLS_TLS_CERT?: string | undefined;
  readonly CALLS_TLS_KEY?: string | undefined;
}): CallsTls | undefined {
  const { CALLS_TLS_CA: ca, CALLS_TLS_CERT: cert, CALLS_TLS_KEY: key } = settings;
  if (ca !== undefined && cert !== undefined && key !== undefined) {
    if (belongTogether(key, cert)) return { ca, cert, key };
    throw new ConfigurationError(['CALLS_TLS_KEY: is not the key of CALLS_TLS_CERT.']);
  }
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  throw new ConfigurationError(['CALLS_TLS_CA, CALLS_TLS_CERT and CALLS_TLS_KEY: set all three or none.']);
}
