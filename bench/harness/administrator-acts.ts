// Acts of an administrator on an election, again until they succeed: at first something may be late, or a session over.
import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '../../test/support/control.ts';

/** Longest wait until an act succeeds, in milliseconds, and between two tries. */
const actMsMax = 60_000;
const againMs = 500;

/** Resolves with null once it succeeds, or with the reason why it does not in time. */
export async function actOnElection(
  administrator: Person,
  electionId: string,
  name: 'close' | 'count' | 'publish',
  body: object,
): Promise<string | null> {
  const deadline = performance.now() + actMsMax;
  for (;;) {
    const { status, text } = await administrator.call('elections', 'POST', `/v1/elections/${electionId}/${name}`, {
      body,
    });
    if (status === 200) return null;
    // The session may have ended.
    if (status === 401) await administrator.logIn();
    if (performance.now() > deadline) return `${name}: ${text}`;
    await pause(againMs);
  }
}

/** Closes, counts and publishes. Resolves with null, or with the reason why it cannot. */
export async function countElection(administrator: Person, electionId: string): Promise<string | null> {
  return (
    (await actOnElection(administrator, electionId, 'close', { reason: 'The drill is over.' })) ??
    (await actOnElection(administrator, electionId, 'count', {})) ??
    actOnElection(administrator, electionId, 'publish', { acceptOpenTies: true })
  );
}

export async function electionPart(administrator: Person, electionId: string, name: string): Promise<unknown> {
  const answer = await administrator.call('elections', 'GET', `/v1/elections/${electionId}/${name}`);
  if (answer.status !== 200) throw new Error(`${name}: ${answer.text}`);
  return answer.body;
}
