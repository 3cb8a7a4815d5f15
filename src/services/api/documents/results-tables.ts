// Published results as CSV, made once for each revision and each language of its titles. Requests for other languages
// add nothing to memory and compute nothing.
import { titleText } from '../../../domain/title-text.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { resultsCsv } from '../../../protocol/control/results-csv.ts';
import { prepareText } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';

export type ResultsTables = (election: PublicElection, results: ResultsBody, language: string) => PreparedAnswer;

export function createResultsTables(): ResultsTables {
  // Entries are collected with their results.
  const cache = new WeakMap<ResultsBody, Map<string, PreparedAnswer>>();
  return (election, results, language) => {
    const tables = cache.get(results) ?? new Map<string, PreparedAnswer>();
    cache.set(results, tables);
    // Only the election's languages: a request for another one gets the table of one of them.
    const { lang } = titleText(election.title, language);
    const table =
      tables.get(lang) ?? prepareText(resultsCsv({ election, results, language: lang }), 'text/csv; charset=utf-8');
    tables.set(lang, table);
    return table;
  };
}
