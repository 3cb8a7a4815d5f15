// Pending sessions made with the real keys: what `POST /v1/sessions` would hand out, without asking for ten thousand.
import { randomBytes, randomInt } from 'node:crypto';
import { createSessionTokens } from '../../src/services/api/sessions/session-tokens.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { keyedHash, newestKey } from '../../src/platform/keys/keyed-hash.ts';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { createTextCodes } from '../../src/platform/keys/text-codes.ts';
import { pendingSecondsMax } from '../../src/protocol/tokens.ts';
import { phoneKeyText } from '../../src/protocol/verification-events.ts';
import { phone } from '../../test/support/identities.ts';
import type { HeldSession } from '../workers/holders.ts';
import { requestText } from './keep-alive-client.ts';
import type { Origin } from './keep-alive-client.ts';
import type { Platform } from './platform.ts';
import { webhookText } from './webhook.ts';
import type { Webhook } from './webhook.ts';

/** Longest hold of the API, in seconds. */
const waitSeconds = 30;

export type SessionMaker = {
  /** Sessions whose requests go to `api`; with a webhook, each has the text that verifies it. */
  make(count: number, api: Origin, webhook?: Webhook): Promise<HeldSession[]>;
};

export function createSessionMaker(platform: Platform): SessionMaker {
  const keys = platform.keys('api');
  const { pending } = createSessionTokens(keys.tokens, systemClock);
  const names = newestKey(keys.phone);
  const codes = createTextCodes(platform.keys('sms').codes);
  // Phones that no other part of the run uses.
  let next = randomInt(8_000_000);
  const makeOne = async (api: Origin, webhook?: Webhook): Promise<HeldSession> => {
    next += 1;
    const number = phone(next);
    const phoneKey = keyedHash(names, phoneKeyText(number));
    const { code, codeTag } = codes.make({ phoneKey, binding: newSecret() }, Date.now());
    const now = Date.now();
    const token = await pending.seal(
      {
        sid: randomBytes(16).toString('base64url'),
        electionId: platform.election.id,
        identity: newSecret(),
        phoneKey,
        castTag: newSecret(),
        codeTag,
        startedAtMs: now,
        method: 'text-in',
        phone: number,
      },
      now + pendingSecondsMax * 1_000,
    );
    return {
      request: requestText(api, 'GET', `/v1/sessions/current?wait=${waitSeconds}`, { token }),
      ...(webhook && { text: webhookText(platform.sms, webhook, number, code) }),
    };
  };
  return {
    async make(count, api, webhook) {
      const sessions: HeldSession[] = [];
      for (let n = 0; n < count; n += 1) sessions.push(await makeOne(api, webhook));
      return sessions;
    },
  };
}
