// What an upload says of the protocol of its station: which station, and the number of ballots.
import type { PaperRules, Station } from '../../../../domain/paper.ts';
import { typedCount } from '../../../../domain/text/typed-number.ts';
import { SelectField, TextField } from '../../parts/field.tsx';

/** As typed; empty before. */
export type TypedProtocol = { readonly stationId: string; readonly ballots: string };
export const noProtocol: TypedProtocol = { stationId: '', ballots: '' };
export type Protocol = {
  /** Null in an election without stations. */
  readonly station: Station | null;
  /** Null where batches are not confirmed. */
  readonly ballots: number | null;
};

/** Null while something that the election needs is missing. */
export function protocolOf({ confirmation, stations = [] }: PaperRules, typed: TypedProtocol): Protocol | null {
  const station = stations.find(({ id }) => id === typed.stationId) ?? null;
  if (stations.length > 0 && station === null) return null;
  if (confirmation !== true) return { station, ballots: null };
  const ballots = typedCount(typed.ballots);
  return Number.isInteger(ballots) && ballots > 0 ? { station, ballots } : null;
}

export function ProtocolFields({
  paper: { confirmation, stations = [] },
  typed,
  onTyped,
}: {
  readonly paper: PaperRules;
  readonly typed: TypedProtocol;
  readonly onTyped: (typed: TypedProtocol) => void;
}) {
  return (
    <>
      {stations.length > 0 && (
        <SelectField
          label="Station"
          hint="Where the ballots were counted."
          value={typed.stationId}
          onValue={(stationId) => onTyped({ ...typed, stationId })}
          options={[['', 'Choose a station'], ...stations.map(({ id, name }) => [id, name] as const)]}
        />
      )}
      {confirmation === true && (
        <TextField
          label="Ballots on the protocol"
          hint="The file must have as many rows. Another official compares the batch with the protocol before it counts."
          class="short"
          inputMode="numeric"
          value={typed.ballots}
          onValue={(ballots) => onTyped({ ...typed, ballots })}
        />
      )}
    </>
  );
}

/** Where the file has another number of rows than the protocol has ballots. */
export function OtherNumber({ ballots, rows }: { readonly ballots: number; readonly rows: number }) {
  return (
    <p class="note bad" role="alert">
      The protocol has {ballots} ballots, and the file has {rows}. Correct the number, or choose the right file.
    </p>
  );
}
