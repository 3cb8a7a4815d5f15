// An invented count by the rule of a contest, as a small table and sentences.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { ContestDraft } from './draft/definition.ts';
import { exampleOf } from './draft/rule-example.ts';

export function RuleExample({
  contest,
  participants,
  title,
}: {
  readonly contest: ContestDraft;
  readonly participants: AdministeredElection['participants'];
  readonly title: string;
}) {
  const example = exampleOf(contest, participants);
  if (example === null) return <p class="hint">Complete the rule to see an example of a count.</p>;
  return (
    <section class="example" aria-label={`Example: ${title}`}>
      <h3>Example with invented votes</h3>
      <p>{example.ballots}</p>
      <DataTable
        caption={`${title}: example of a count`}
        hideCaption
        keyOf={({ name }) => name}
        rows={example.votes}
        columns={[
          { head: 'Option', cell: ({ name }) => name },
          { head: 'Votes', number: true, cell: ({ votes }) => votes },
          { head: 'Result', number: true, cell: ({ outcome }) => outcome },
        ]}
      />
      {example.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </section>
  );
}
