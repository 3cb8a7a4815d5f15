// Whether a server's clock agrees with ours: one machine's tokens and times are checked by another.
import { clockAheadMs, clockDifferenceMsMax } from '../platform/clock.ts';
import type { Finding } from '../protocol/control/system-api.ts';

/** Difference of two clocks above which a check warns, in milliseconds. It fails where services say that they differ. */
const clockWarnMs = 500;

/** `serverMs` is the server's clock in its answer to a question sent at `askedMs`. */
export function clockFinding(service: string, check: string, serverMs: number, askedMs: number): Finding {
  const ms = Math.round(clockAheadMs(serverMs, askedMs, Date.now()));
  const observed = ms === 0 ? 'the same as ours' : `${Math.abs(ms)} ms ${ms > 0 ? 'ahead of' : 'behind'} ours`;
  if (Math.abs(ms) <= clockWarnMs) return { service, check, state: 'ok', observed };
  const state = Math.abs(ms) > clockDifferenceMsMax ? 'failed' : 'warning';
  return { service, check, state, observed, next: 'Let both machines follow NTP (chrony, systemd-timesyncd).' };
}
