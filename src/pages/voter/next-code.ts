// The next code of a session: sent back after the text of the voter, sent again, or of another method.
import type { PendingSession, SessionRequest } from '../../protocol/public-api.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { VoterApp } from './app.ts';
import { busyCall } from './busy-call.ts';
import { keep } from './memory.ts';

type Method = SessionRequest['method'];

/** The method of an election in which the voter sends a text, if there is one. */
export const textMethod = (election: PublicElection | undefined): Method | undefined =>
  election?.verification.methods.find((method) => method !== 'code');

/** Asks for it and goes on with the answer. Null if the voter has left the screen. */
export async function nextCode(app: VoterApp, report: (text: string) => void, method?: Method) {
  const { token, phone = '' } = app.memory.vote.pending ?? {};
  const body = JSON.stringify({ method });
  const outcome = await busyCall<PendingSession>(app, report, '/v1/sessions/current/resend', { token, body });
  if (app.exit.aborted) return null;
  if (outcome.kind === 'answer') {
    // What is typed now may be another phone.
    keep(app.memory, { pending: { ...outcome.value, phone } });
    app.goOn();
  }
  return outcome;
}
