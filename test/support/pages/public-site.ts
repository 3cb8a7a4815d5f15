// The public pages as `api` serves them, over documents that a test signs: an application with the same headers and
// routes, and nothing behind it. And the elections whose results show every form that a result can have.
import { createDocuments } from '../../../src/services/api/documents/documents.ts';
import { createCheckpoints } from '../../../src/services/api/documents/checkpoints.ts';
import { downloadRoutes } from '../../../src/services/api/routes/downloads.ts';
import { embeddedResultRoutes } from '../../../src/services/api/routes/embedded-results.ts';
import { logFileRoutes } from '../../../src/services/api/routes/log-files.ts';
import { readAssets, readDownloads } from '../../../src/services/api/built-pages.ts';
import { createPublicPages } from '../../../src/services/api/public-pages.ts';
import { publishedElectionRoutes } from '../../../src/services/api/routes/elections.ts';
import { logoRoutes } from '../../../src/services/api/routes/logo.ts';
import { publicKeyRoutes } from '../../../src/services/api/routes/public-keys.ts';
import { voterPageRoutes } from '../../../src/services/api/routes/pages.ts';
import { publicPageRoutes } from '../../../src/services/api/routes/public-pages.ts';
import { inLatin } from '../../../src/domain/serbian-script.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { answerHeaders } from '../../../src/platform/http/security-headers.ts';
import { signingKey, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import type { SigningKey } from '../../../src/platform/keys/signatures.ts';
import type { ResultsBody } from '../../../src/protocol/public-results.ts';
import type { PublicJwk } from '../../../src/protocol/key-files.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { findInMemory } from '../archives.ts';
import { definition } from '../elections.ts';
import { createLogProbe } from '../log.ts';
import { countedResults } from '../published.ts';

export type PublicSite = AsyncDisposable & {
  readonly app: App;
  readonly publisher: SigningKey;
  publish(id: string, publication: Publication): void;
  /** Starts to listen, and returns the origin. */
  listen(): Promise<string>;
};

export type SiteOptions = {
  readonly folder?: URL;
  readonly complete?: boolean;
  /** The folder of the published logs. */
  readonly logs?: string;
  /** Keys of receipts that are published. */
  readonly receipts?: readonly PublicJwk[];
};

export async function createPublicSite(options: SiteOptions = {}): Promise<PublicSite> {
  const jwk = newSigningJwk('publisher');
  const documents = createDocuments(verificationKeys([publicJwk(jwk)]));
  if (options.complete !== false) documents.setComplete();
  const { logger } = createLogProbe('site');
  const version = { version: '0', node: '0' };
  const headers = answerHeaders({ tls: false });
  const { app } = await createHttp({ logger, metrics: createMetrics('site'), checks: [], version, headers });
  await app.register(voterPageRoutes, options.folder ? { folder: options.folder } : {});
  const elections = findInMemory(documents, options.complete !== false);
  const pages = createPublicPages({
    elections,
    assets: readAssets(),
    downloads: readDownloads(),
    checkpointOf: createCheckpoints(options.logs, Date.now),
    hasTable: true,
  });
  await app.register(downloadRoutes);
  await app.register(publishedElectionRoutes, {
    documents,
    elections,
    pageList: () => Promise.resolve(null),
    clock: Date.now,
  });
  await app.register(logoRoutes, { elections });
  await app.register(publicKeyRoutes, { publishers: [publicJwk(jwk)], receipts: [...(options.receipts ?? [])] });
  if (options.logs !== undefined) await app.register(logFileRoutes, { directory: options.logs });
  await app.register(publicPageRoutes, { pages });
  await app.register(embeddedResultRoutes, { pages });
  return {
    app,
    publisher: signingKey(jwk),
    publish(id, publication) {
      const acceptance = documents.take(id, JSON.stringify(publication));
      if (acceptance !== 'taken') throw new Error(`the publication of ${id} is ${acceptance}`);
    },
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const dayMs = 86_400_000;
const past = {
  opensAt: new Date(Date.now() - 3 * dayMs).toISOString(),
  closesAt: new Date(Date.now() - dayMs).toISOString(),
};
type Names = readonly (readonly [id: string, en: string, zh: string, sr: string])[];
const optionsOf = (names: Names, kind: 'party' | 'individual') =>
  names.map(([id, en, zh, sr], index) => ({
    id,
    number: index + 1,
    kind,
    title: { en, 'zh-Hant-HK': zh, 'sr-Cyrl': sr, 'sr-Latn': inLatin(sr) },
  }));
const parties: Names = [
  ['harbour', 'Harbour Union', '海港聯盟', 'Лучки савез'],
  ['terraces', 'Terraces', '梯田', 'Терасе'],
  ['lighthouse', 'Lighthouse List for an Open City', '開放城市燈塔名單', 'Листа Светионик за отворен град'],
  ['orchard', 'Orchard', '果園', 'Воћњак'],
  ['rail', 'Rail and Road', '鐵路公路', 'Пруга и пут'],
  ['letters', 'Letters', '書信', 'Писма'],
  ['kites', 'Kites', '風箏', 'Змајеви'],
  ['echo', 'Echo', '回聲', 'Ехо'],
  ['salt', 'Salt', '鹽', 'Со'],
];
const people: Names = [
  ['ana', 'Ana Novak', '安娜·諾瓦克', 'Ана Новак'],
  ['chan', 'Chan Siu-ming', '陳小明', 'Чан Сјумин'],
  ['mira', 'Mira Kos', '米拉·科斯', 'Мира Кос'],
];

const single = { minChoices: 1, maxChoices: 1, abstain: true };
/** A parliament and a president, as EPMS had them, and a question for which several could be chosen. */
export const parliament: ElectionDefinition = definition({
  ...past,
  id: 'parliament',
  title: {
    en: 'General election 2026',
    'zh-Hant-HK': '二零二六年大選',
    'sr-Cyrl': 'Општи избори 2026.',
    'sr-Latn': 'Opšti izbori 2026.',
  },
  channels: ['online', 'batches'],
  rehearsal: false,
  minBatch: 50,
  contests: [
    {
      id: 'chamber',
      method: 'dhondt',
      seats: 250,
      thresholdPercent: 5,
      ...single,
      title: { en: 'Parliament', 'zh-Hant-HK': '議會', 'sr-Cyrl': 'Скупштина' },
      options: optionsOf(parties, 'party'),
    },
    {
      id: 'president',
      method: 'plurality',
      ...single,
      title: { en: 'President', 'zh-Hant-HK': '總統', 'sr-Cyrl': 'Председник' },
      options: optionsOf(people, 'individual'),
    },
    {
      id: 'paths',
      method: 'approval',
      minChoices: 1,
      maxChoices: 3,
      abstain: true,
      title: { en: 'Which paths shall be lit at night?' },
      options: [
        { id: 'river', number: 1, title: { en: 'Along the river' } },
        { id: 'hill', number: 2, title: { en: 'Up the hill' } },
        { id: 'rtl', number: 3, title: { ar: 'طريق البحر القديم' } },
      ],
    },
  ],
});
const parliamentVotes = {
  chamber: {
    harbour: 412_300,
    terraces: 211_054,
    lighthouse: 98_412,
    orchard: 60_007,
    rail: 44_120,
    letters: 20_111,
    kites: 18_300,
    echo: 902,
    salt: 0,
    abstained: 4_117,
  },
  president: { ana: 401_772, chan: 398_120, mira: 50_230, abstained: 19_201 },
  paths: { river: 500_100, hill: 420_003, rtl: 211_400, abstained: 100_000 },
};
const parliamentNumbers: Partial<ResultsBody> = {
  turnout: { eligible: 1_402_117, online: 700_312, batches: 169_050 },
  reconciliation: {
    online: { received: 700_312, valid: 700_312, invalid: 0 },
    batches: {
      received: 169_050,
      valid: 169_011,
      invalid: 39,
      files: 214,
      missing: 0,
      invalidByReason: [
        { reason: 'Duplicate ballot.', rows: 27 },
        { reason: 'Invalid poll number.', rows: 12 },
      ],
    },
  },
};
export const parliamentResults = countedResults(parliament, parliamentVotes, parliamentNumbers);

/** The same with a small chamber, which is quick to read. */
export const assembly: ElectionDefinition = {
  ...parliament,
  id: 'assembly',
  contests: parliament.contests.map((contest) => (contest.seats === undefined ? contest : { ...contest, seats: 30 })),
};
export const assemblyResults = countedResults(assembly, parliamentVotes, parliamentNumbers);

/** Ties, one open and one decided by lot, empty seats, no votes at all. */
export const ties: ElectionDefinition = definition({
  ...past,
  id: 'ties',
  title: { en: 'Every kind of ending' },
  contests: [
    {
      id: 'open',
      method: 'dhondt',
      seats: 5,
      ...single,
      title: { en: 'A council whose last seat is tied' },
      options: optionsOf(parties.slice(0, 3), 'party'),
    },
    {
      id: 'drawn',
      method: 'plurality',
      ...single,
      title: { en: 'A chair decided by lot' },
      options: optionsOf(people, 'individual'),
    },
    {
      id: 'empty',
      method: 'sainteLague',
      seats: 7,
      thresholdPercent: 60,
      ...single,
      title: { en: 'A board that no list entered' },
      options: optionsOf(parties.slice(0, 4), 'party'),
    },
    {
      id: 'unanswered',
      method: 'plurality',
      ...single,
      title: { en: 'A question without an answer' },
      options: optionsOf(people.slice(0, 2), 'individual'),
    },
  ],
});
export const tiesResults = countedResults(
  ties,
  {
    open: { harbour: 300, terraces: 200, lighthouse: 100 },
    drawn: { ana: 40, chan: 40, mira: 12 },
    empty: { harbour: 10, terraces: 10, lighthouse: 10, orchard: 9 },
  },
  { turnout: { eligible: null, online: 692, batches: 0 } },
  { drawn: { order: ['chan', 'ana'], note: 'Two sealed envelopes, drawn by a child of the school at noon.' } },
);

/** Seats enough for a bar. */
export const congress: ElectionDefinition = definition({
  ...past,
  id: 'congress',
  title: { en: 'A very large chamber' },
  contests: [
    {
      id: 'large',
      method: 'sainteLague',
      seats: 2_000,
      ...single,
      title: { en: 'A people’s congress' },
      options: optionsOf(parties.slice(0, 5), 'party'),
    },
  ],
});
export const congressResults = countedResults(congress, {
  large: { harbour: 9_000, terraces: 5_000, lighthouse: 3_000, orchard: 2_001, rail: 999 },
});
