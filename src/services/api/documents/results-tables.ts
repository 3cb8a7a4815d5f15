// Published results as CSV, made once for each revision and each language that its titles have: whatever language is
// asked for, no more is kept and nothing is computed for each request.
import { titleText } from '../../../domain/title-text.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { resultsCsv } from '../../../protocol/control/results-csv.ts';
import { prepareText } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';

export type ResultsTables = (election: PublicElection, results: ResultsBody, language: string) => PreparedAnswer;

export function createResultsTables(): ResultsTables {
  // They go when their results do.
  const kept = new WeakMap<ResultsBody, Map<string, PreparedAnswer>>();
  return (election, results, language) => {
    const tables = kept.get(results) ?? new Map<string, PreparedAnswer>();
    kept.set(results, tables);
    // The election's own languages: whoever asks for another one gets the table of one of them.
    const { lang } = titleText(election.title, language);
    const table =
      tables.get(lang) ?? prepareText(resultsCsv({ election, results, language: lang }), 'text/csv; charset=utf-8');
    tables.set(lang, table);
    return table;
  };
}
