// Options of Node for the services that make the most short-lived objects. docker-compose.yml has the same in NODE_OPTIONS.
import type { ServiceName } from '../protocol/private-calls.ts';

/**
 * Largest half of the young generation, in MiB: twice Node's own. What voters under way need then mostly dies there, and is
 * not copied to the old generation. It costs up to 48 MiB more in each process.
 */
const semiSpaceMiB = 32;
const services: ReadonlySet<string> = new Set<ServiceName>(['api', 'ballots', 'sms']);

/** The options of a service's process. */
export const nodeOptionsOf = (service: string): readonly string[] =>
  services.has(service) ? [`--max-semi-space-size=${semiSpaceMiB}`] : [];
