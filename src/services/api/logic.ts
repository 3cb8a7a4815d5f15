// The logic of `api`. It calls Redis, `sms` and `ballots`, and has no database. It stores no session: the voter's
// sealed token contains everything that a step needs.
import type { Clock } from '../../platform/clock.ts';
import { hashKey, hashKeys } from '../../platform/keys/keyed-hash.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import { verificationKeys } from '../../platform/keys/signatures.ts';
import type { ApiKeys, PublicKeys } from '../../protocol/key-files.ts';
import { countSessions } from './sessions/count-sessions.ts';
import { createArchiveCalls } from './documents/archive-calls.ts';
import { registerDocumentMetrics } from './documents/document-metrics.ts';
import { createDocuments } from './documents/documents.ts';
import { createFindElections } from './documents/find-elections.ts';
import { createActivatedSessions } from './sessions/activated-sessions.ts';
import { createFunnel } from './sessions/funnel.ts';
import { createPageListReader } from './documents/page-lists.ts';
import { createRecordHeadReader } from './documents/record-heads.ts';
import { createPublicationSource } from './documents/publication-source.ts';
import { createCastCalls } from './cast-calls.ts';
import { createSmsCalls } from './service-calls.ts';
import { createRollQuestions } from './sessions/roll-questions.ts';
import { createSendNotice } from './sessions/send-notice.ts';
import { createSessionLimits } from './sessions/session-limits.ts';
import { createSessionTokens } from './sessions/session-tokens.ts';
import { createVoterSessions } from './sessions/sessions.ts';
import { createVoterNames } from './sessions/voter-names.ts';
import { createTextEvents } from './waiting/text-events.ts';
import { createProvesPhone } from './waiting/text-proof.ts';
import { createTextReader } from './waiting/verification-state.ts';
import { LongPolls } from './waiting/long-polls.ts';

export type ApiDependencies = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly keys: ApiKeys;
  readonly publicKeys: PublicKeys;
  /** For commands. With automatic pipelining, the limits of a session need one round trip. */
  readonly redis: Redis;
  /** For the single subscription. */
  readonly subscriber: Redis;
  readonly sms: PrivateClient;
  readonly ballots: PrivateClient;
  readonly region: CountryCode;
  readonly longPollsMax: number;
  readonly sessionsPerAddressBlock: number;
  /** For which the keys in Redis are folded; the promised rate if undefined. */
  readonly votesPerSecond?: number;
};

export type ApiLogic = ReturnType<typeof createApiLogic>;

export function createApiLogic(dependencies: ApiDependencies) {
  const { logger, metrics, clock, keys, redis, sms, ballots } = dependencies;
  const publishers = verificationKeys(dependencies.publicKeys.publishers);
  const documents = createDocuments(publishers, { clock });
  const archive = createArchiveCalls(ballots);
  const recordHeads = createRecordHeadReader({ redis, publishers });
  const pageList = createPageListReader({ redis, publishers });
  const source = createPublicationSource({ documents, redis, archive, logger });
  const elections = createFindElections({ documents, archive, clock, logger });
  const tokens = createSessionTokens(keys.tokens, clock);
  const perAddressBlock = dependencies.sessionsPerAddressBlock;
  const { votesPerSecond } = dependencies;
  const limits = createSessionLimits({ redis, key: hashKey(keys.limits), clock, perAddressBlock });
  const names = createVoterNames(keys, logger);
  const funnel = createFunnel({ redis, logger, clock });
  const smsCalls = createSmsCalls(sms, logger, funnel);
  const provesPhone = createProvesPhone([...hashKeys(keys.phone).values()]);
  const texts = createTextReader({ redis, clock, provesPhone, votesPerSecond });
  const sessions = countSessions(
    createVoterSessions({
      documents,
      elections,
      tokens,
      limits,
      sms: smsCalls,
      texts,
      sendNotice: createSendNotice({ sms: smsCalls, logger, metrics }),
      names,
      region: dependencies.region,
      clock,
    }),
    funnel,
  );
  const activated = createActivatedSessions({ elections, limits, tokens, funnel, redis, keys, clock });
  const longPolls = new LongPolls({
    read: texts.read,
    provesPhone,
    texted: sessions.texted,
    logger,
    metrics,
    longPollsMax: dependencies.longPollsMax,
  });
  const events = createTextEvents(dependencies.subscriber, longPolls, logger);
  const casting = createCastCalls(ballots, logger);
  registerDocumentMetrics(metrics, { documents, source, clock });
  const rollQuestions = createRollQuestions({ elections, ballots, redis, names, keys, clock });
  return {
    documents,
    elections,
    recordHeads,
    pageList,
    source,
    tokens,
    sessions,
    activated,
    funnel,
    casting,
    rollQuestions,
    texts,
    longPolls,
    events,
  };
}
