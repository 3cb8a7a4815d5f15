// A result that was counted without the public log of its election says so on the public page.
import { expect, test } from 'vitest';
import { markupText } from '../../../../src/pages/public/html.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import type { PublicLog } from '../../../../src/pages/public/log-part.ts';
import { resultOutcomes } from '../../../../src/pages/public/result-outcomes.ts';
import { resultsPageBody } from '../../../../src/pages/public/results-page.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { shownElection } from '../../../../src/protocol/public-document.ts';
import { resultsOfDraft } from '../../../support/record/log-draft.ts';
import { batchElection, smallElection } from '../../../support/record/small-elections.ts';

const draft = smallElection(batchElection);
const { record, ...without } = resultsOfDraft(draft);
const { origin, manifestHash } = draft.names;
const log: PublicLog = { origin, hash: manifestHash.toString('base64url'), manifest: draft.manifest };
const acceptedLosses = [{ votersMarked: 10, votersFound: 4 }];
const election = { ...shownElection(draft.definition), phase: 'published', revision: 1 } as const;

test.each(languageTags)('A result that names no tree of the log says so (%s)', (tag) => {
  const words = createWords(tag, 'UTC');
  const textOf = (results: typeof without, hasLog: boolean): string =>
    markupText(
      resultsPageBody(words, {
        election,
        results,
        manifestKey: null,
        resultsKey: 'publisher-1',
        hasTable: false,
        outcomes: resultOutcomes(words, election, results),
        log: hasLog ? log : null,
      }),
    );
  const sentence = words.text('countedWithoutLog');
  expect(textOf({ ...without, acceptedLosses }, true)).toContain(sentence);
  expect(textOf({ ...without, acceptedLosses, record }, true)).not.toContain(sentence);
  expect(textOf({ ...without, acceptedLosses }, false)).not.toContain(sentence);
});
