// Callers of private routes: every private call names its caller in a short-lived signed token, and every private route
// lists the callers it admits.
import { z } from 'zod';

export const services = [
  'api',
  'sms',
  'ballots',
  'mixer',
  'access',
  'elections',
  'officials',
  'worker',
  'log',
] as const;
export const serviceName = z.enum(services);
export type ServiceName = (typeof services)[number];

export const callClaims = z.object({ iss: serviceName, aud: serviceName, iat: z.int(), exp: z.int() });
/** Life of a caller's token, in seconds. */
export const callTokenSeconds = 60;
/** Tolerated difference between two machines' clocks, in seconds. */
export const clockSkewSeconds = 30;

/** Header of a private call: how long its caller still waits for the answer, in milliseconds. */
export const remainingMsHeader = 'popvote-remaining-ms';
