// The table of a polling station: an official checks who a voter without a phone is, types the number, and gives the voter a
// card with a code, for the devices of the station. How many there were is shown by station. The page stores nothing: the number is cleared with the answer.
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { ActivationAnswer } from '../../../protocol/control/activations-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { electionZone, useElection, useElectionList } from '../batches/upload/paper-elections.ts';
import { distinctNames } from '../parts/distinct-names.ts';
import { SelectField } from '../parts/field.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand } from '../parts/state-tag.tsx';
import { hasRole, useMe } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { ActivationCard } from './activation-card.tsx';
import { ActivationCountsTable } from './activation-counts.tsx';
import { ActivationForm } from './activation-form.tsx';
import { DeviceSection } from './devices.tsx';

export function ActivationsPage() {
  const elections = useElectionList();
  const [parameters, setParameters] = useSearchParams();
  const electionId = parameters.get('election') ?? '';
  const election = useElection(electionId === '' ? null : electionId);
  return (
    <PageShell
      title="Voters without a phone"
      rehearsal={election.data?.rehearsal ?? false}
      zone={electionZone(election)}
    >
      <p class="no-print">
        Check who the voter is, by a document. Then give the voter a card. Its code works once, at the device of the
        polling station.
      </p>
      <div class="filters no-print">
        <SelectField
          label="Election"
          value={electionId}
          onValue={(id) => setParameters(id === '' ? {} : { election: id })}
          options={[
            ['', 'Choose an election'],
            ...distinctNames(elections.map(({ id, title }) => [id, titleInEnglish(title)])),
          ]}
        />
      </div>
      {electionId !== '' && <Loaded of={election}>{(each) => <Table key={electionId} election={each} />}</Loaded>}
    </PageShell>
  );
}

type Card = ActivationAnswer & { readonly station: string | null };

function Table({ election }: { readonly election: PublicElection }) {
  const me = useMe();
  const [card, setCard] = useState<Card | null>(null);
  const [stationId, setStationId] = useState('');
  const stations = election.paper?.stations ?? [];
  if (election.verification.activation !== true) return <p>This election takes no cards. Its voters verify a phone.</p>;
  return (
    <>
      {election.rehearsal && <RehearsalBand />}
      {card !== null && <ActivationCard election={election} card={card} onNext={() => setCard(null)} />}
      {card === null && stations.length > 0 && (
        <SelectField
          label="Station"
          hint={hasRole(me, 'official') ? 'Where you are. It is recorded with each card.' : undefined}
          id="station"
          value={stationId}
          onValue={setStationId}
          options={[['', 'Choose a station'], ...stations.map(({ id, name }) => [id, name] as const)]}
        />
      )}
      {card === null && hasRole(me, 'official') && (
        <ActivationForm
          election={election}
          stationId={stationId}
          onCard={(answer, station) => setCard({ ...answer, station })}
        />
      )}
      <DeviceSection key={stationId} election={election} stationId={stationId} />
      <ActivationCountsTable election={election} />
    </>
  );
}
