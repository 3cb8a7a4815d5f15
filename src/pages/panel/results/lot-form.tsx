// Records a drawing of lots: names are pressed in the order in which they were drawn, so that no order is suggested. The
// drawing itself takes place outside.
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TieFacts } from '../../../domain/results/tie-facts.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { LotRequest } from '../../../protocol/control/results-api.ts';
import { callPanel } from '../calls.ts';
import { TextArea } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { numberText } from '../words.ts';
import type { PanelContestView } from './contest-view.ts';

/** Longest note that the service accepts, in characters. */
const noteCharactersMax = 2_000;

export function LotForm({
  election,
  contestId,
  view,
  tie,
  prize,
  onDone,
}: {
  readonly election: AdministeredElection;
  readonly contestId: string;
  readonly view: PanelContestView;
  readonly tie: TieFacts;
  readonly prize: string;
  readonly onDone: () => void;
}) {
  const refresh = useRefresh();
  const [order, setOrder] = useState<readonly string[]>([]);
  const [note, setNote] = useState('');
  const [showFaults, setShowFaults] = useState(false);
  const act = useAct(async (lot: LotRequest) => {
    await callPanel('elections', `/v1/elections/${election.id}/lots`, { method: 'POST', body: lot });
    await refresh('elections');
  });
  const remaining = tie.tied.length - order.length;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setShowFaults(true);
    if (remaining > 0 || note.trim() === '') return;
    if (await act.run({ contestId, order: [...order], note: note.trim() })) onDone();
  };
  return (
    <form class="lot no-print" onSubmit={(event) => void submit(event)} noValidate>
      <RejectionNote rejection={act.rejection} />
      <DrawnOrder view={view} tied={tie.tied} order={order} onOrder={setOrder} fault={showFaults && remaining > 0} />
      {remaining === 0 && (
        <p>
          <strong>{view.namesOf(order.slice(0, tie.places))}</strong> would get {prize}.
        </p>
      )}
      <TextArea
        label="How the draw was made"
        hint="Say how, where and by whom, such as: Drawn by the commission in public, 21 June, 21:00. It is published with the results."
        value={note}
        onValue={(text) => setNote(text.slice(0, noteCharactersMax))}
        fault={showFaults && note.trim() === '' ? 'Enter how, where and by whom the lots were drawn.' : undefined}
      />
      <button type="submit" class="primary" aria-disabled={act.busy}>
        Record the draw
      </button>
      {act.busy && <span role="status"> Working…</span>}
    </form>
  );
}

function DrawnOrder({
  view,
  tied,
  order,
  onOrder,
  fault,
}: {
  readonly view: PanelContestView;
  readonly tied: readonly string[];
  readonly order: readonly string[];
  readonly onOrder: (order: readonly string[]) => void;
  readonly fault: boolean;
}) {
  const id = useId();
  const buttons = useRef<HTMLDivElement>(null);
  const undrawn = tied.filter((one) => !order.includes(one));
  // The pressed button is removed: the next one gets the focus.
  const moved = useRef(false);
  useLayoutEffect(() => {
    if (moved.current) buttons.current?.querySelector('button')?.focus();
    moved.current = false;
  }, [order]);
  const change = (next: readonly string[]) => () => {
    moved.current = true;
    onOrder(next);
  };
  return (
    <fieldset aria-describedby={fault ? `${id}-fault` : undefined}>
      <legend>{order.length === 0 ? 'Who was drawn first?' : 'Order of the draw'}</legend>
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          Press each name in the order in which it was drawn.
        </p>
      )}
      {order.length > 0 && (
        <ol role="status">
          {order.map((one) => (
            <li key={one}>{view.nameOf(one)}</li>
          ))}
        </ol>
      )}
      <div class="acts" ref={buttons}>
        {undrawn.map((one) => (
          <button key={one} type="button" onClick={change([...order, one])}>
            {order.length === 0 ? '' : `${numberText(order.length + 1)}. `}
            {view.nameOf(one)}
          </button>
        ))}
        {order.length > 0 && (
          <button type="button" class="small" onClick={change(order.slice(0, -1))}>
            Undo {view.nameOf(order.at(-1) ?? '')}
          </button>
        )}
      </div>
    </fieldset>
  );
}
