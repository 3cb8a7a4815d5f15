// The clock of another service, which follows a database: the reference of a service that reaches none. The answer of
// /livez has it in its body, because proxies write a `Date` header of their own. It needs no caller token, which a wrong
// clock would spoil.
import { z } from 'zod';
import type { PrivateClient } from './private-calls.ts';

/** Longest wait for the clock of another service, in milliseconds. */
const timeMsMax = 2_000;

/** The answer of /livez. */
export const timeAnswer = z.object({ at: z.iso.datetime() });

/** Milliseconds since the epoch by the clock of the called service. Throws `CallFailed` without an answer. */
export async function remoteMs(client: PrivateClient): Promise<number> {
  const { at } = await client.call({ method: 'GET', path: '/livez', answer: timeAnswer, msMax: timeMsMax });
  return Date.parse(at);
}
