// How the services are: what each finds when it examines itself as `popvote doctor` does, and what `elections` shows of
// all. No finding holds a secret, an address with its password, or anything of a voter.
import { z } from 'zod';
import { serviceName } from '../private-calls.ts';
import type { ServiceName } from '../private-calls.ts';
import { instant } from '../public-values.ts';

/** Findings of one report, and characters of one text of it: what tells more is cut. */
export const findingsMax = 100;
export const findingCharactersMax = 400;

const text = z.string().max(findingCharactersMax);

const shownFinding = z
  .object({
    check: text.describe('What was looked at; the same words every time.'),
    state: z.enum(['ok', 'warning', 'failed']),
    observed: text,
    next: text.optional().describe('What to do; absent where all is well.'),
  })
  .meta({ id: 'Finding' });
export type ShownFinding = z.infer<typeof shownFinding>;
/** As `popvote doctor` says it: of one service among several. */
export type Finding = ShownFinding & { readonly service: string };

/** Of one process, at one moment. Of `ballots` it is the answer of GET /private/examination (caller `elections`). */
export const healthReport = z.object({
  instance: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .describe('Its machine or container, and its process there.'),
  version: z.string().max(100),
  reportedAt: instant,
  findings: z.array(shownFinding).max(findingsMax),
});
export type HealthReport = z.infer<typeof healthReport>;

/** Services that are expected to report. The panel is not: whoever reads this page sees that it runs. */
export const reportingServices = [
  'api',
  'sms',
  'ballots',
  'mixer',
  'access',
  'elections',
  'officials',
  'worker',
] as const satisfies readonly ServiceName[];
export type ReportingService = (typeof reportingServices)[number];

/** Key in Redis of the reports of a service: a hash, in which each of its processes has a field of its own. */
export const healthKey = (service: ReportingService): string => `health:${service}`;
/**
 * Rules in Redis of who says how it is, each under its own name alone, and of who reads how all are. In brackets, so that
 * these commands are allowed for these keys and for no other.
 */
export const healthWriterRules = (service: ReportingService): readonly string[] => [
  `(~${healthKey(service)} +hset +hgetall +hdel +expire)`,
];
export const healthReaderRules: readonly string[] = ['(%R~health:* +eval_ro +hrandfield +hstrlen +hget)'];

/** GET /v1/system */
export const systemAnswer = z
  .object({
    at: instant,
    services: z
      .array(healthReport.extend({ service: serviceName }).meta({ id: 'ServiceReport' }))
      .describe('Each process that has reported lately, by service. A service may have several.'),
    silent: z
      .array(
        z
          .object({
            service: serviceName,
            since: instant.nullable().describe('Its last report, where one is known.'),
            next: z.string().describe('What to do.'),
          })
          .meta({ id: 'SilentService' }),
      )
      .describe('Expected services of which no process has reported lately.'),
  })
  .meta({ id: 'System' });
export type SystemAnswer = z.infer<typeof systemAnswer>;
