// Whether a server's clock agrees with ours: one machine's tokens and times are checked by another.
import type { Finding } from '../protocol/control/system-api.ts';

/** Difference of two clocks above which a check warns, and fails, in milliseconds: caller tokens forgive 30 seconds. */
const clockWarnMs = 500;
const clockFailMs = 10_000;

/** `serverMs` is the server's clock in its answer to a question sent at `askedMs`. */
export function clockFinding(service: string, check: string, serverMs: number, askedMs: number): Finding {
  // The server read its clock between the question and now: only the rest is a difference.
  const ahead = Math.max(0, serverMs - Date.now()) - Math.max(0, askedMs - serverMs);
  const ms = Math.round(ahead);
  const observed = ms === 0 ? 'the same as ours' : `${Math.abs(ms)} ms ${ms > 0 ? 'ahead of' : 'behind'} ours`;
  if (Math.abs(ms) <= clockWarnMs) return { service, check, state: 'ok', observed };
  const state = Math.abs(ms) > clockFailMs ? 'failed' : 'warning';
  return { service, check, state, observed, next: 'Let both machines follow NTP (chrony, systemd-timesyncd).' };
}
