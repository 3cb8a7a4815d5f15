// The zone of an election, by its IANA name, with those that the browser knows on offer.
import { useId } from 'preact/hooks';
import { TextField } from '../../parts/field.tsx';
import { timeZones } from './zoned-time.ts';

export const noSuchZone = 'There is no such time zone. Enter one such as Europe/Belgrade or Asia/Hong_Kong.';

export function TimeZoneField({
  value,
  onValue,
  fault,
  id,
}: {
  readonly value: string;
  readonly onValue: (zone: string) => void;
  readonly fault?: string | undefined;
  readonly id?: string;
}) {
  const list = useId();
  return (
    <>
      <TextField
        label="Time zone"
        hint="Where the election is held. All its times are read in this zone."
        {...(id !== undefined && { id })}
        value={value}
        onValue={onValue}
        fault={fault}
        list={list}
        autocomplete="off"
        spellcheck={false}
      />
      <datalist id={list}>
        {timeZones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
