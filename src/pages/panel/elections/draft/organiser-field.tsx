// Who holds an election and how voters get help. A new election begins with the text of the newest one.
import type { AdministeredElection, ElectionSummary } from '../../../../protocol/control/elections-api.ts';
import { TextField } from '../../parts/field.tsx';
import { useRemote } from '../../remote.ts';
import { pathOf } from './definition.ts';
import { fieldId } from './use-step.ts';

export function OrganiserField({
  value,
  onValue,
  rehearsal,
  language,
  fault,
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rehearsal: boolean;
  readonly language: string;
  readonly fault?: string | undefined;
}) {
  return (
    <TextField
      label="Organiser and help for voters"
      hint={
        'Who holds the election, with a phone number or an address, and hours. Voters see it on every page. ' +
        (rehearsal ? 'May be left empty in a rehearsal.' : 'An election that counts needs it.')
      }
      id={fieldId('organiser')}
      value={value}
      onValue={onValue}
      fault={fault}
      lang={language}
      dir="auto"
    />
  );
}

/** The organiser of the newest election in a language; empty where it has no text in that language. */
export function useLastOrganiser(language: string): string {
  const list = useRemote<{ readonly elections: readonly ElectionSummary[] }>('elections', '/v1/elections?limit=1');
  const newest = list.data?.elections[0];
  const path = newest === undefined ? null : pathOf(newest.id);
  const { data } = useRemote<{ readonly election: AdministeredElection }>('elections', path);
  return data?.election.definition.organiser?.[language] ?? '';
}
