// The paper ballots of each station, in an election with stations: what it sent, and the votes for each option.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { numberText, titleInEnglish } from '../words.ts';
import { optionTitle } from '../elections/draft/definition.ts';

type StationResult = NonNullable<ResultsBody['stations']>[number];

export function StationVotes({
  election,
  results,
}: {
  readonly election: AdministeredElection;
  readonly results: ResultsBody;
}) {
  const { stations } = results;
  if (stations === undefined) return null;
  const { paper, contests } = election.definition;
  const names = new Map(paper?.stations?.map(({ id, name }) => [id, name]));
  const number = (head: string, of: (station: StationResult) => number): Column<StationResult> => ({
    head,
    number: true,
    cell: (station) => numberText(of(station)),
  });
  return (
    <section aria-labelledby="stations">
      <h2 id="stations">Paper ballots by station</h2>
      {contests.map(({ id, title, options }, place) => (
        <DataTable
          key={id}
          caption={`${titleInEnglish(title)}, by station`}
          rows={stations}
          keyOf={({ stationId }) => stationId}
          columns={[
            { head: 'Station', cell: ({ stationId }) => names.get(stationId) ?? stationId },
            number('Received', ({ received }) => received),
            number('Valid', ({ valid }) => valid),
            number('Invalid', ({ invalid }) => invalid),
            ...[...options]
              .sort((a, b) => a.number - b.number)
              .map((option, at) =>
                number(
                  `${option.number}. ${titleInEnglish(optionTitle(option, election.participants))}`,
                  (station) => station.contests[place]?.votes[at] ?? 0,
                ),
              ),
            number('Abstained', (station) => station.contests[place]?.abstained ?? 0),
          ]}
        />
      ))}
    </section>
  );
}
