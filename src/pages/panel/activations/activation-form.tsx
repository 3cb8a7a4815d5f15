// What an official types of a voter at the table. The number leaves the page with the call, and the fields are empty again.
import { useState } from 'preact/hooks';
import type { ActivationAnswer, ActivationRequest } from '../../../protocol/control/activations-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { callPanel } from '../calls.ts';
import { secondElementNames } from '../elections/describe.ts';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';

type Props = {
  readonly election: PublicElection;
  /** Of the page, so that it stays for the next voter. Empty where none is chosen. */
  readonly stationId: string;
  readonly onCard: (answer: ActivationAnswer, station: string | null) => void;
};

const links = { 'body/number': 'number', 'body/second': 'second', 'body/stationId': 'station' };

export function ActivationForm({ election, stationId, onCard }: Props) {
  const refresh = useRefresh();
  const [number, setNumber] = useState('');
  const [second, setSecond] = useState('');
  const { second: kind } = election.identity;
  const stations = election.paper?.stations ?? [];
  const act = useAct(async (body: ActivationRequest) => {
    const path = `/v1/elections/${encodeURIComponent(election.id)}/activations`;
    const { data } = await callPanel<ActivationAnswer>('elections', path, { method: 'POST', body });
    onCard(data, stations.find(({ id }) => id === stationId)?.name ?? null);
    void refresh('elections');
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void act.run({ number, ...(kind && { second }), ...(stationId !== '' && { stationId }) });
  };
  if (election.phase !== 'open') return <p>Voters get cards while voting is open.</p>;
  return (
    <form onSubmit={submit} noValidate autocomplete="off">
      <RejectionNote rejection={act.rejection} links={links} />
      <TextField
        label="Number of the voter"
        hint="As on the roll."
        id="number"
        class="short"
        autocomplete="off"
        value={number}
        onValue={setNumber}
      />
      {kind && (
        <TextField
          label={`Also: ${secondElementNames[kind]}`}
          hint="As the voter would type it. A date with the day first."
          id="second"
          class="short"
          autocomplete="off"
          value={second}
          onValue={setSecond}
        />
      )}
      <button type="submit" class="primary" disabled={act.busy}>
        Make a card
      </button>
    </form>
  );
}
