// A day and a time in a zone: two native fields, and the moment in words. Where clocks go back and the time occurs
// twice, the field asks which one; where they go forward and the time does not occur, it reports a fault.
import { useId } from 'preact/hooks';
import { isAtNight } from '../../../../domain/time-zone.ts';
import { momentText } from '../../words.ts';
import { momentOf } from './typed-time.ts';
import type { TypedTime } from './typed-time.ts';
import { localOf, momentsOf } from './zoned-time.ts';

export function DateTimeField({
  label,
  id,
  value,
  timeZone,
  onValue,
  fault,
  verb,
}: {
  readonly label: string;
  readonly id: string;
  readonly value: TypedTime;
  /** The moment is not shown where the zone is not valid. */
  readonly timeZone: string | null;
  readonly onValue: (value: TypedTime) => void;
  readonly fault?: string | undefined;
  /** "opens", "closes" */
  readonly verb: string;
}) {
  const fieldId = useId();
  const twice = timeZone !== null && momentsOf(value, timeZone).length > 1;
  const moment = timeZone === null || value.date === '' || value.time === '' ? null : momentOf(value, timeZone);
  const wrong = fault ?? (moment !== null && 'fault' in moment ? moment.fault : undefined);
  return (
    <fieldset class={wrong === undefined ? 'moment' : 'moment wrong'} id={id} aria-describedby={`${fieldId}-said`}>
      <legend>{label}</legend>
      {wrong !== undefined && <p class="fault">{wrong}</p>}
      <div class="pair">
        <div class="field">
          <label for={`${fieldId}-date`}>Day</label>
          <input
            id={`${fieldId}-date`}
            type="date"
            // The year takes four digits and then the next field is typed.
            max="9999-12-31"
            value={value.date}
            aria-invalid={wrong !== undefined}
            onInput={(event) => onValue({ ...value, date: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for={`${fieldId}-time`}>Time</label>
          <input
            id={`${fieldId}-time`}
            type="time"
            value={value.time}
            aria-invalid={wrong !== undefined}
            onInput={(event) => onValue({ ...value, time: event.currentTarget.value, second: false })}
          />
        </div>
      </div>
      {twice && (
        <div class="check">
          <input
            type="checkbox"
            id={`${fieldId}-second`}
            checked={value.second}
            onChange={(event) => onValue({ ...value, second: event.currentTarget.checked })}
          />
          <label for={`${fieldId}-second`}>Use the second {value.time} on that day, after clocks go back</label>
        </div>
      )}
      <p id={`${fieldId}-said`} class="hint" aria-live="polite">
        {moment !== null && 'at' in moment && timeZone !== null && (
          <InWords at={moment.at} timeZone={timeZone} time={value.time} verb={verb} />
        )}
      </p>
    </fieldset>
  );
}

function InWords({
  at,
  timeZone,
  time,
  verb,
}: {
  readonly at: string;
  readonly timeZone: string;
  readonly time: string;
  readonly verb: string;
}) {
  return (
    <>
      {momentText(at, timeZone)}
      {timeZone !== 'UTC' && <>, which is {localOf(at, 'UTC').time} in UTC</>}.
      {isAtNight(time) && (
        <strong>
          {' '}
          It {verb} at night, at {time}. Is this correct?
        </strong>
      )}
    </>
  );
}
