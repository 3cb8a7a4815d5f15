// The steps of a vote that tests and benches share, over a transport of the caller: `fetch` in tests, kept-alive
// connections in benches.
import { setTimeout as pause } from 'node:timers/promises';
import { voterRequests } from './voter-requests.ts';
import type { VoterRequest } from './voter-requests.ts';

export type StepAnswer = { readonly status: number; readonly text: string };
export type SendRequest = (service: 'api' | 'sms', request: VoterRequest, token?: string) => Promise<StepAnswer>;
export type VoterSession = { readonly token: string; readonly code: string; readonly sendTo: string };
export type Verification =
  | { readonly outcome: 'verified'; readonly token: string }
  | { readonly outcome: 'failed'; readonly at: 'text' | 'wait' | 'pending'; readonly answer: StepAnswer };

/** Longest long-poll, in seconds. */
const waitSeconds = 25;

/** Sends a request again until its answer is certain. `pauseMsAfter` is null for an answer that is. */
export async function sendUntilCertain<Answer>(
  send: () => Promise<Answer>,
  pauseMsAfter: (answer: Answer) => number | null,
  timesMax: number,
): Promise<Answer> {
  for (let times = 1; ; times += 1) {
    const answer = await send();
    const pauseMs = pauseMsAfter(answer);
    if (pauseMs === null || times === timesMax) return answer;
    await pause(pauseMs);
  }
}

/** Long-polls while the text goes from the phone to the simulator, at most `waitsMax` times. */
export async function verifyByText(
  send: SendRequest,
  session: VoterSession,
  phone: string,
  waitsMax: number,
): Promise<Verification> {
  const wait = (): Promise<StepAnswer> => send('api', voterRequests.wait(waitSeconds), session.token);
  const firstWait = wait();
  // Awaited below; a text that fails first must not leave it unhandled.
  firstWait.catch(() => undefined);
  const text = { from: phone, to: session.sendTo, body: session.code };
  const acknowledgement = await send('sms', voterRequests.text(text));
  if (acknowledgement.status >= 300) return { outcome: 'failed', at: 'text', answer: acknowledgement };
  let answer = await firstWait;
  for (let waits = 1; ; waits += 1) {
    if (answer.status !== 200) return { outcome: 'failed', at: 'wait', answer };
    const { token } = JSON.parse(answer.text) as { token?: string };
    if (token !== undefined) return { outcome: 'verified', token };
    if (waits === waitsMax) return { outcome: 'failed', at: 'pending', answer };
    answer = await wait();
  }
}
