// Mutual TLS between services, where the operator wants it on top of the callers' signed tokens: what a caller is given,
// and the whole of it or nothing.
import { z } from 'zod';
import { ConfigurationError } from '../environment.ts';

const pem = z
  .string()
  .regex(/^-----BEGIN /, 'is not PEM.')
  .optional();

/** Fields of a caller's environment. */
export const callsTlsFields = {
  CALLS_TLS_CA: pem.describe('Authority (PEM) of the certificates of the services that are called.'),
  CALLS_TLS_CERT: pem.describe('Certificate (PEM) that is shown to the services that are called.'),
  CALLS_TLS_KEY: pem.describe('Private key (PEM) of CALLS_TLS_CERT. Give CALLS_TLS_KEY_FILE.'),
};

export type CallsTls = { readonly ca: string; readonly cert: string; readonly key: string };

/** The TLS of private calls, or undefined for none. Throws `ConfigurationError` where only a part of it is given. */
export function callsTlsOf(settings: {
  readonly CALLS_TLS_CA?: string | undefined;
  readonly CALLS_TLS_CERT?: string | undefined;
  readonly CALLS_TLS_KEY?: string | undefined;
}): CallsTls | undefined {
  const { CALLS_TLS_CA: ca, CALLS_TLS_CERT: cert, CALLS_TLS_KEY: key } = settings;
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key };
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  throw new ConfigurationError(['CALLS_TLS_CA, CALLS_TLS_CERT and CALLS_TLS_KEY: give all three or none.']);
}
