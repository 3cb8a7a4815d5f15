// Steps 1 and 2 of a vote for who has no phone: a code that an official gave becomes a verified session. It equals one whose
// phone was verified: `ballots` decides who may vote, and whether they voted. A code works for one client: who asks again with
// the same attempt gets the same session, because the first answer may have been lost. It works at the devices that were
// enrolled at its station when it was made.
import { createHash } from 'node:crypto';
import { readActivationCode } from '../../../domain/text/activation-code.ts';
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { activationName, activationUse, isForDevice, openActivation } from '../../../platform/keys/activations.ts';
import { hashKeys } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { ApiKeys } from '../../../protocol/key-files.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ActivatedSessionRequest } from '../../../protocol/public-api.ts';
import {
  activationKeptSeconds,
  activationKey,
  activationSecondsMax,
  activationUseKey,
} from '../../../protocol/proofs/activation.ts';
import type { Activation } from '../../../protocol/proofs/activation.ts';
import type { FindElections } from '../documents/find-elections.ts';
import type { FunnelSteps } from './funnel.ts';
import type { SessionLimits } from './session-limits.ts';
import type { VerifiedState } from './session-steps.ts';
import { tokenEndOf } from './session-tokens.ts';
import type { SessionTokens } from './session-tokens.ts';

const sidBytes = 16;

/** Not after its end, and not long before it was made. */
const isValid = (expiresAtMs: number, nowMs: number): boolean =>
  isWithin(nowMs, expiresAtMs - activationSecondsMax * 1_000, activationSecondsMax * 1_000, clockSkewSeconds * 1_000);

export type ActivatedSessions = {
  /**
   * Throws `election-not-found`, `activation-not-allowed`, `not-open`, `voting-interrupted`, `activation-unknown`,
   * `activation-expired`, `activation-elsewhere`, `activation-device`, `activation-used`, `too-many-requests`, and `busy` while
   * Redis is unavailable.
   */
  begin(request: ActivatedSessionRequest, address: string): Promise<VerifiedState>;
};

type NamedActivation = { readonly key: HashKey; readonly name: string; readonly opened: Activation };

export function createActivatedSessions(parts: {
  readonly elections: Pick<FindElections, 'find'>;
  readonly limits: SessionLimits;
  readonly tokens: Pick<SessionTokens, 'verified'>;
  readonly funnel: Pick<FunnelSteps, 'activated'>;
  readonly redis: Redis;
  readonly keys: Pick<ApiKeys, 'identity'>;
  readonly clock: Clock;
}): ActivatedSessions {
  const { elections, limits, tokens, funnel, redis, clock } = parts;
  const keys = [...hashKeys(parts.keys.identity).values()];

  const find = async (code: string): Promise<NamedActivation | null> => {
    // Under the key of its election, which is not known before.
    const names = keys.map((key) => ({ key, name: activationName(key, code) }));
    const stored = await Promise.all(names.map(({ name }) => redis.get(activationKey(name)).catch(redisAway)));
    for (const [place, { key, name }] of names.entries()) {
      const opened = openActivation(key, code, stored[place] ?? '');
      if (opened) return { key, name, opened };
    }
    return null;
  };
  const takeOnce = async ({ key, name }: NamedActivation, code: string, attempt: string): Promise<void> => {
    const use = activationUse(key, code, attempt);
    const first = await redis
      .set(activationUseKey(name), use, 'EX', activationKeptSeconds, 'NX', 'GET')
      .catch(redisAway);
    if (first !== null && first !== use) throw new Problem('activation-used');
  };

  return {
    async begin({ electionId, code: typed, attempt, device }, address) {
      const { election, turnout } = await elections.find(electionId);
      const { activation: allowed, verifiedSecondsMax } = election.verification;
      if (allowed !== true) throw new Problem('activation-not-allowed');
      if (election.phase !== 'open') throw new Problem('not-open');
      if (turnout?.body.interrupted) throw new Problem('voting-interrupted');
      await limits.count(address);
      const code = readActivationCode(typed);
      const activation = code === null ? null : await find(code);
      if (code === null || activation === null) throw new Problem('activation-unknown');
      const { identity, phoneKey, proof, expiresAtMs } = activation.opened;
      if (activation.opened.electionId !== electionId) throw new Problem('activation-elsewhere');
      if (!isValid(expiresAtMs, clock())) throw new Problem('activation-expired');
      // Before it is taken, so that it works at the right device afterwards.
      if (!isForDevice(activation.opened, device)) throw new Problem('activation-device');
      await takeOnce(activation, code, attempt);
      const sid = sidOf(activation.name, attempt);
      const endMs = clock() + verifiedSecondsMax * 1_000;
      const token = await tokens.verified.seal({ sid, electionId, identity, phoneKey, attestation: proof }, endMs);
      funnel.activated({ sid, electionId });
      return { state: 'verified', token, expiresAt: tokenEndOf(endMs) };
    },
  };
}

/** The same for the same attempt, so that a cast that is sent again in it gets its receipt. */
const sidOf = (name: string, attempt: string): string =>
  createHash('sha256').update(`${name}|${attempt}`).digest().subarray(0, sidBytes).toString('base64url');

const redisAway = (): never => {
  throw new Problem('busy', retrySoon());
};
