// When the result is expected, counted from the end, so that it moves with it. Most elections need one of a few lengths.
import { SelectField } from '../../parts/field.tsx';
import { countText, momentText } from '../../words.ts';
import { resultExpectedAt } from '../../../../domain/election.ts';
import { fieldId } from './use-step.ts';

const lengths: readonly (readonly [string, string])[] = [
  ['', 'Do not announce a time'],
  ['1', '1 hour after voting closes'],
  ['4', '4 hours after voting closes'],
  ['24', '1 day after voting closes'],
  ['72', '3 days after voting closes'],
  ['168', '1 week after voting closes'],
];

/** The lengths to choose from, with one that was set by a program. */
export function resultLengths(hours: number | undefined): readonly (readonly [string, string])[] {
  if (hours === undefined || lengths.some(([value]) => value === String(hours))) return lengths;
  return [...lengths, [String(hours), `${countText(hours, 'hour')} after voting closes`]];
}

export function ResultHoursField({
  hours,
  saved = hours,
  closesAt,
  timeZone,
  onHours,
}: {
  readonly hours: number | undefined;
  /** It stays among the choices. */
  readonly saved?: number | undefined;
  /** Where the end is known. */
  readonly closesAt?: string | undefined;
  readonly timeZone: string;
  readonly onHours: (hours: number | undefined) => void;
}) {
  const at = closesAt === undefined ? null : resultExpectedAt({ closesAt, resultHours: hours });
  return (
    <SelectField
      label="Result expected"
      hint={
        at === null ? 'Voters see this time after voting has closed.' : `Voters see: by ${momentText(at, timeZone)}.`
      }
      id={fieldId('resultHours')}
      value={hours === undefined ? '' : String(hours)}
      onValue={(value) => onHours(value === '' ? undefined : Number(value))}
      options={resultLengths(saved)}
    />
  );
}
