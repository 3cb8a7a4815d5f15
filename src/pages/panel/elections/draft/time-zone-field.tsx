// The time zone of an election by its IANA name, with the browser's zones as suggestions.
import { useId } from 'preact/hooks';
import { TextField } from '../../parts/field.tsx';
import { timeZones } from './zoned-time.ts';

export const noSuchZone = 'We cannot find this time zone. Enter one such as Europe/Belgrade or Asia/Hong_Kong.';

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
        hint="All times of the election are in this zone."
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
