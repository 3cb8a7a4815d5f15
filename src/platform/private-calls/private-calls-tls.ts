// Optional mutual TLS between services, in addition to the callers' signed tokens: the variables of a caller, which are
// set together or not at all.
import { z } from 'zod';
import { ConfigurationError } from '../environment.ts';

const pem = z
  .string()
  .regex(/^-----BEGIN /, 'is not PEM.')
  .optional();

/** Fields of a caller's environment. */
export const callsTlsFields = {
  CALLS_TLS_CA: pem.describe('Authority (PEM) of the certificates of the services that are called.'),
  CALLS_TLS_CERT: pem.describe('Certificate (PEM) that is presented to the services that are called.'),
  CALLS_TLS_KEY: pem.describe('Private key (PEM) of CALLS_TLS_CERT. Set CALLS_TLS_KEY_FILE.'),
};

export type CallsTls = { readonly ca: string; readonly cert: string; readonly key: string };

/** The TLS of private calls, or undefined for none. Throws `ConfigurationError` if only a part is set. */
export function callsTlsOf(settings: {
  readonly CALLS_TLS_CA?: string | undefined;
  readonly CALLS_TLS_CERT?: string | undefined;
  readonly CALLS_TLS_KEY?: string | undefined;
}): CallsTls | undefined {
  const { CALLS_TLS_CA: ca, CALLS_TLS_CERT: cert, CALLS_TLS_KEY: key } = settings;
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key };
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  throw new ConfigurationError(['CALLS_TLS_CA, CALLS_TLS_CERT and CALLS_TLS_KEY: set all three or none.']);
}
