// The rights of each service in Redis: its own keys, streams and channels and the commands that it uses, as ACL rules.
// They are part of the wall between services; a test tries what must fail.
import { revocationReaderRules, revocationsChannel, revocationsCompleteKey } from './control/access-tokens.ts';
import {
  officialsBatchRules,
  queueReaderRules,
  withdrawalWriterRules,
  workerBatchRules,
} from './control/batch-entries.ts';
import {
  askedCodesWriterRules,
  funnelReaderRules,
  funnelWriterRules,
  madeCodesWriterRules,
  textCodesReaderRules,
} from './funnel-counts.ts';
import type { ServiceName } from './private-calls.ts';
import { reportReaderRules, reportWriterRules } from './provider-health.ts';
import { activationReaderRules, activationWriterRules } from './proofs/activation.ts';
import { publicationVersionsKey } from './current-elections.ts';
import { publicationsKey } from './public-document.ts';
import { pageListsKey } from './record/page-list.ts';
import { recordHeadsKey } from './record-heads.ts';
import { textsCompleteKey, textsServerKey } from './verification-events.ts';
import { healthReaderRules, healthWriterRules } from './control/system-api.ts';

export type RedisUser = { readonly name: ServiceName; readonly rules: readonly string[] };

const connection = ['+ping', '+hello', '+auth', '+client|setname', '+info', '+select', '+quit'];

/** Of `elections`, in both: compares a publication and replaces it if no one else did in the meantime. */
const publisherRules = [
  `~${publicationsKey}`,
  `~${publicationVersionsKey}`,
  '+hset',
  '+hdel',
  '+hget',
  '+hgetall',
  '+hkeys',
  '+hexists',
  '+hstrlen',
  '+watch',
  '+unwatch',
  '+multi',
  '+exec',
];

/** Users of the edge Redis. */
export const edgeUsers: readonly RedisUser[] = [
  {
    name: 'api',
    rules: [
      '~limits:api:*',
      `%R~${publicationsKey}`,
      `%R~${publicationVersionsKey}`,
      `%R~${recordHeadsKey}`,
      `%R~${pageListsKey}`,
      '%R~t:*',
      '%R~f:*',
      `%R~${textsCompleteKey}`,
      '&texts',
      '+get',
      '+set',
      '+hget',
      '+hgetall',
      '+hkeys',
      '+hlen',
      '+hstrlen',
      '+incrby',
      '+hincrby',
      '+pttl',
      '+expire',
      '+eval',
      '+evalsha',
      '+eval_ro',
      '+evalsha_ro',
      '+script|load',
      '+subscribe',
      '+unsubscribe',
      // Removes the text of a ballot that was cast, and cannot write one.
      '(~t:* +hdel)',
      ...funnelWriterRules,
      ...askedCodesWriterRules,
      ...activationReaderRules,
      ...connection,
      ...healthWriterRules('api'),
    ],
  },
  {
    name: 'sms',
    rules: [
      '~sms:*',
      '~limits:sms:*',
      '~t:*',
      '~f:*',
      `~${textsCompleteKey}`,
      `~${textsServerKey}`,
      '&texts',
      '+get',
      '+set',
      '+hset',
      '+hget',
      '+hlen',
      '+expire',
      '+del',
      '+incrby',
      '+pttl',
      '+multi',
      '+exec',
      '+eval',
      '+evalsha',
      '+publish',
      ...reportWriterRules,
      ...madeCodesWriterRules,
      ...connection,
      ...healthWriterRules('sms'),
    ],
  },
  {
    name: 'elections',
    rules: [
      ...publisherRules,
      `~${recordHeadsKey}`,
      `~${pageListsKey}`,
      ...funnelReaderRules,
      ...activationWriterRules,
      ...textCodesReaderRules,
      ...reportReaderRules,
      ...healthReaderRules,
      ...connection,
    ],
  },
];

/** Of every service: asks what the default user may do. Without rights, a restart would lose data (`popvote doctor`). */
const durabilityRules = ['+acl|dryrun'];

/** Users of the control Redis: a separate server, because public services must not reach it. */
export const controlUsers: readonly RedisUser[] = [
  {
    name: 'access',
    rules: [
      '~revoked:*',
      `~${revocationsCompleteKey}`,
      '~limits:access:*',
      `&${revocationsChannel}`,
      '+get',
      '+set',
      '+incrby',
      '+pttl',
      '+multi',
      '+exec',
      '+publish',
      '+eval',
      '+evalsha',
      ...connection,
      ...durabilityRules,
      ...healthWriterRules('access'),
    ],
  },
  {
    name: 'elections',
    rules: [
      ...publisherRules,
      ...queueReaderRules,
      ...withdrawalWriterRules,
      ...revocationReaderRules,
      ...connection,
      ...durabilityRules,
      ...healthReaderRules,
      ...healthWriterRules('elections'),
    ],
  },
  {
    name: 'officials',
    rules: [
      ...officialsBatchRules,
      `%R~${publicationsKey}`,
      '+hget',
      '+hstrlen',
      ...revocationReaderRules,
      ...connection,
      ...durabilityRules,
      ...healthWriterRules('officials'),
    ],
  },
  { name: 'worker', rules: [...workerBatchRules, ...healthWriterRules('worker'), ...connection, ...durabilityRules] },
];
