// Takes the acts of `access` on accounts into the chained record: in their order, each once, by a constraint of the
// database, even when several processes do it at the same time.
import type { Logger } from '../../../platform/logger.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { accessActsAnswer, accessActsMax } from '../../../protocol/control/access-acts.ts';
import type { AccessAct } from '../../../protocol/control/access-acts.ts';
import type { Pool } from '../../../store/database.ts';
import { appendAccessAct, lastAccessAct } from '../../../store/elections/record-heads.ts';
import type { AccessActEntry } from '../../../store/elections/record-heads.ts';

/** Longest wait for `access`, in milliseconds. */
const answerMsMax = 5_000;

export type AccessActs = {
  /** Takes what is there. Returns whether there may be more. Throws `CallFailed`. */
  take(): Promise<boolean>;
};

export function createAccessActs(parts: {
  readonly pool: Pool;
  readonly access: PrivateClient;
  readonly logger: Logger;
}): AccessActs {
  const { pool, access, logger } = parts;
  return {
    async take() {
      const last = await lastAccessAct(pool);
      const path = `/private/acts?after=${last}`;
      const { acts } = await access.call({ method: 'GET', path, answer: accessActsAnswer, msMax: answerMsMax });
      for (const { number, at, event } of acts) {
        if ((await appendAccessAct(pool, entryOf(number, at, event))) === 'recorded') continue;
        // Another process was first, or `access` has lost acts: then no later one is taken either.
        if ((await lastAccessAct(pool)) < number) logger.error({ last, number }, 'access-acts.missing');
        return false;
      }
      return acts.length === accessActsMax;
    },
  };
}

function entryOf(number: number, at: string, event: AccessAct): AccessActEntry {
  const { act, outcome, role, roleBefore, state, stateBefore, corrected, proposal, proposes } = event;
  const change = (from: unknown, to: unknown): object => ({ ...(from !== undefined && { from }), to });
  return {
    number,
    outcome: outcome === 'done' ? 'done' : 'refused',
    actor: actorOf(event),
    act,
    object: objectOf(event),
    code: outcome === 'done' ? null : outcome,
    changed: {
      at: { to: at },
      ...(role !== undefined && { role: change(roleBefore, role) }),
      ...(state !== undefined && { state: change(stateBefore, state) }),
      ...(corrected !== undefined && { corrected: { to: corrected } }),
      ...(proposal !== undefined && { proposal: { to: proposal } }),
      ...(proposes !== undefined && { proposes: { to: proposes } }),
    },
  };
}

const actorOf = ({ act, actor, confirmedBy }: AccessAct): object =>
  actor !== null
    ? { kind: 'user', userId: actor, ...(confirmedBy !== undefined && { confirmedBy }) }
    : { kind: act.startsWith('operator.') ? 'operator' : 'unknown' };

function objectOf({ user, session, invitation, passkey, proposal, actor }: AccessAct): object {
  if (user !== undefined) return { kind: 'user', id: user };
  if (passkey !== undefined) return { kind: 'passkey', id: passkey };
  if (invitation !== undefined) return { kind: 'invitation', id: invitation };
  if (proposal !== undefined) return { kind: 'proposal', id: proposal };
  if (session !== undefined) return { kind: 'session', id: session };
  return { kind: 'user', id: actor ?? 'unknown' };
}
