// The public pages of an election, from the signed documents in this process. A page is rendered once for each language
// and each change, and cached as compressed bytes. Pages contain only signed and published content, and are the same
// for every reader.
import type { ElectionArchive } from '../../protocol/public-api.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { ResultsBody, TurnoutBody } from '../../protocol/public-results.ts';
import { isTemporary, problems } from '../../protocol/problem.ts';
import type { Problem, ProblemCode } from '../../protocol/problem.ts';
import { preparePage } from '../../platform/http/prepared-page.ts';
import type { PreparedPage } from '../../platform/http/prepared-page.ts';
import type { ReadCheckpoint } from './documents/checkpoints.ts';
import type { ServedExtra } from './documents/documents.ts';
import type { FindElections } from './documents/find-elections.ts';
import { archiveBody } from '../../pages/public/archive-page.ts';
import { checkBody } from '../../pages/public/check-page.ts';
import { html } from '../../pages/public/html.ts';
import { renderEmbed } from '../../pages/public/embed-page.ts';
import { pictureAddressOf } from '../../pages/public/log-part.ts';
import type { PublicLog, ShownCheckpoint } from '../../pages/public/log-part.ts';
import { renderPage } from '../../pages/public/page-frame.ts';
import type { Assets } from '../../pages/public/page-frame.ts';
import type { LanguageTag } from '../../pages/public/languages/languages.ts';
import { outcomesText, resultOutcomes } from '../../pages/public/result-outcomes.ts';
import { rollPageBody } from '../../pages/public/roll-page.ts';
import { noResultsBody, resultsPageBody } from '../../pages/public/results-page.ts';
import { trustPageBody } from '../../pages/public/trust-page.ts';
import type { VerifierDownloads } from '../../pages/public/trust-page.ts';
import { turnoutPageBody, turnoutSentence } from '../../pages/public/turnout-page.ts';
import type { Turnout } from '../../pages/public/turnout-page.ts';
import { createWords } from '../../pages/public/words.ts';
import type { Words } from '../../pages/public/words.ts';
import { markColour, sharePicture } from './share-picture.ts';

export type PublicPage = 'turnout' | 'results' | 'roll' | 'trust' | 'embed';
export type ServedPage = { readonly page: PreparedPage; readonly freshSeconds: number };
export type PublicPages = {
  /** Rejects with `election-not-found`, or `busy` while the archive does not answer. */
  page(kind: PublicPage, electionId: string, tag: LanguageTag): Promise<ServedPage>;
  /** A page of ended elections before a number (null: the newest). Rejects with `busy` likewise. */
  archive(before: number | null, tag: LanguageTag): Promise<ServedPage>;
  check(tag: LanguageTag): PreparedPage;
  /** The picture beside a link to an election. Rejects as a page does. */
  picture(electionId: string): Promise<ServedPage>;
  /** The page for a rejection. */
  rejection(problem: Problem, path: string, tag: LanguageTag): PreparedPage;
};

/** Most rendered pages in the cache. */
const pagesMax = 200;
const type = 'text/html; charset=utf-8';
const kindTexts = { turnout: 'turnout', results: 'result', roll: 'rollTitle', trust: 'toTrust' } as const;

export function createPublicPages(parts: {
  readonly elections: FindElections;
  readonly assets: Assets | null;
  readonly downloads: VerifierDownloads | null;
  readonly checkpointOf: ReadCheckpoint;
  /** Whether this service also offers the result as a table. */
  readonly hasTable: boolean;
}): PublicPages {
  const { elections, assets } = parts;
  const cache = new Map<string, { readonly version: string; readonly page: PreparedPage }>();

  const render = (kind: PublicPage, election: PublicElection, tag: LanguageTag, extras: Extras): PreparedPage => {
    const words = createWords(tag, election.timeZone);
    const results = election.phase === 'published' ? extras.results : null;
    const { hasTable, downloads } = parts;
    const text =
      kind === 'embed'
        ? renderEmbed({ words, assets, election, results: results?.body ?? null })
        : renderPage({
            words,
            assets,
            election,
            ...contentOf({ kind, words, election, assets, extras: { ...extras, results }, hasTable, downloads }),
            path: `/${kind}/${election.id}`,
            picture: pictureAddressOf(election.id, extras.log),
            kind: words.text(kindTexts[kind]),
            title: words.title(election.title),
            titleText: words.name(election.title),
          });
    return preparePage(type, Buffer.from(text));
  };

  // The page of this version, rendered unless it is in the cache.
  const cached = (key: string, version: string, renderNow: () => PreparedPage): PreparedPage => {
    const entry = cache.get(key);
    if (entry?.version === version) return entry.page;
    const page = renderNow();
    cache.delete(key);
    for (const oldest of cache.keys()) {
      if (cache.size < pagesMax) break;
      cache.delete(oldest);
    }
    cache.set(key, { version, page });
    return page;
  };

  return {
    async page(kind, electionId, tag) {
      const { election, freshSeconds, manifest, turnout, results } = await elections.find(electionId);
      const log = manifest?.log ?? null;
      const checkpoint = log && parts.checkpointOf(electionId, log);
      const manifestKey = manifest?.publisherKid ?? null;
      const extras = { log, manifestKey, checkpoint, turnout: turnout?.body, results };
      const { revision, phase } = election;
      const tree = [log?.hash, checkpoint?.size, checkpoint?.seen, checkpoint?.seenAt];
      const version = [revision, phase, extras.turnout?.revision, results?.body.revision, ...tree].join();
      const page = cached(`${kind}/${tag}/${electionId}`, version, () => render(kind, election, tag, extras));
      return { page, freshSeconds };
    },
    async archive(before, tag) {
      const { body, answer, freshSeconds } = await elections.archive(before);
      const page = cached(`archive/${tag}/${before}`, answer.etag, () => archivePage(assets, body, tag));
      return { page, freshSeconds };
    },
    async picture(electionId) {
      const { election, freshSeconds } = await elections.find(electionId);
      const colour = election.colour ?? markColour;
      const page = cached(`picture/${colour}`, '', () => preparePage('image/png', sharePicture(colour)));
      return { page, freshSeconds };
    },
    check: (tag) => cached(`check/${tag}`, '', () => checkPage(assets, tag)),
    rejection: (problem, path, tag) => rejectionPage(assets, problem, path, tag),
  };
}

function checkPage(assets: Assets | null, tag: LanguageTag): PreparedPage {
  const words = createWords(tag, 'UTC');
  const title = words.text('checkReceipt');
  const text = renderPage({
    words,
    assets,
    path: '/check',
    kind: '',
    election: null,
    script: assets?.check,
    title: html`${title}`,
    titleText: title,
    body: checkBody(words),
  });
  return preparePage(type, Buffer.from(text));
}

function archivePage(assets: Assets | null, archive: ElectionArchive, tag: LanguageTag): PreparedPage {
  const words = createWords(tag, 'UTC');
  const title = words.text('endedVotes');
  const text = renderPage({
    words,
    assets,
    path: '/archive',
    kind: '',
    election: null,
    title: html`${title}`,
    titleText: title,
    body: archiveBody(words, archive),
  });
  return preparePage(type, Buffer.from(text));
}

function rejectionPage(assets: Assets | null, { code }: Problem, path: string, tag: LanguageTag): PreparedPage {
  const words = createWords(tag, 'UTC');
  const [title, text] = rejectionTexts(words, code);
  const page = renderPage({
    words,
    assets,
    path,
    election: null,
    body: html`<p class="lead">${text}</p>`,
    kind: '',
    titleText: title,
    title: html`${title}`,
  });
  return preparePage(type, Buffer.from(page));
}

function rejectionTexts(words: Words, code: ProblemCode): readonly [title: string, text: string] {
  if (isTemporary(code)) return [words.text('busy'), words.text('busyText')];
  if (code === 'election-not-found') return [words.text('noVote'), words.text('noVoteText')];
  const isAddress = problems[code].answersTo?.includes('unknown-address') === true;
  if (isAddress) return [words.text('noPage'), words.text('noVoteText')];
  return words.problem(code);
}

type Extras = {
  readonly log: PublicLog | null;
  readonly manifestKey: string | null;
  readonly checkpoint: ShownCheckpoint | null;
  readonly turnout: TurnoutBody | undefined;
  readonly results: Pick<ServedExtra<ResultsBody>, 'body' | 'kid'> | null;
};

type ContentParts = {
  readonly kind: Exclude<PublicPage, 'embed'>;
  readonly words: Words;
  readonly election: PublicElection;
  readonly assets: Assets | null;
  readonly extras: Extras;
  readonly hasTable: boolean;
  readonly downloads: VerifierDownloads | null;
};

/** What differs between the pages of an election. */
function contentOf({ kind, words, election, assets, extras, hasTable, downloads }: ContentParts) {
  const { log, manifestKey, results } = extras;
  if (kind === 'roll') return { body: rollPageBody(words, election), script: assets?.roll };
  if (kind === 'trust') return { body: trustPageBody(words, election, { ...extras, downloads }) };
  if (kind === 'turnout') {
    const turnout = turnoutOf(extras);
    const ended = election.phase === 'closed' || election.phase === 'published';
    const preview = turnout ? turnoutSentence(words, turnout, ended) : words.text('noTurnout');
    return { body: turnoutPageBody(words, election, turnout, extras), preview };
  }
  if (!results) return { body: noResultsBody(words, election), preview: words.text('notYet') };
  const outcomes = resultOutcomes(words, election, results.body);
  const body = resultsPageBody(words, {
    election,
    results: results.body,
    outcomes,
    log,
    manifestKey,
    resultsKey: results.kid,
    hasTable,
  });
  return { body, preview: outcomesText(words, outcomes), script: assets?.share };
}

// After publication the result's numbers are shown, because a process that has just started has no turnout.
function turnoutOf({ turnout, results }: Extras): Turnout | null {
  if (results) return { ...results.body.turnout, final: true, countedAt: null };
  return turnout ?? null;
}
