// Step 2: the opening and closing, in the time zone of the election. An unchanged time keeps its seconds.
import { unmarkedTime } from '../../../../../domain/suggested-values.ts';
import { isTimeZone } from '../../../../../domain/time-zone.ts';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import { DateTimeField } from '../date-time-field.tsx';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import type { StepFault } from '../steps.ts';
import { TimeZoneField, noSuchZone } from '../time-zone-field.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { StepWork } from '../use-step.ts';
import { lengthText } from '../zoned-time.ts';
import { momentOf, typedOf } from '../typed-time.ts';
import type { TypedTime } from '../typed-time.ts';

type Values = { readonly timeZone: string; readonly opens: TypedTime; readonly closes: TypedTime };

const work: StepWork<Values> = {
  name: 'dates',
  read: ({ definition: { opensAt, closesAt, timeZone } }: AdministeredElection) => ({
    timeZone,
    opens: typedOf(unmarkedTime(opensAt), timeZone),
    closes: typedOf(unmarkedTime(closesAt), timeZone),
  }),
  write: ({ timeZone, opens, closes }, definition, election) => {
    const untouched = work.read({ ...election, definition });
    const momentFor = (typed: TypedTime, was: TypedTime, at: string): string => {
      const same = timeZone === definition.timeZone && JSON.stringify(typed) === JSON.stringify(was);
      const moment = momentOf(typed, timeZone);
      return same || 'fault' in moment ? unmarkedTime(at) : moment.at;
    };
    return {
      timeZone,
      opensAt: momentFor(opens, untouched.opens, definition.opensAt),
      closesAt: momentFor(closes, untouched.closes, definition.closesAt),
    };
  },
  check: ({ timeZone, opens, closes }) => {
    if (!isTimeZone(timeZone)) return [{ path: 'timeZone', detail: noSuchZone }];
    const opensAt = momentOf(opens, timeZone);
    const closesAt = momentOf(closes, timeZone);
    const faults: StepFault[] = [];
    if ('fault' in opensAt) faults.push({ path: 'opensAt', detail: `Opening: ${opensAt.fault}` });
    if ('fault' in closesAt) faults.push({ path: 'closesAt', detail: `Closing: ${closesAt.fault}` });
    if ('at' in opensAt && 'at' in closesAt && closesAt.at <= opensAt.at)
      faults.push({ path: 'closesAt', detail: 'Voting closes before it opens. Enter a later end.' });
    return faults;
  },
};

export function DatesStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { values, set, faultAt } = form;
  const zone = isTimeZone(values.timeZone) ? values.timeZone : null;
  return (
    <StepFrame step="dates" election={election} form={form}>
      <TimeZoneField
        id={fieldId('timeZone')}
        value={values.timeZone}
        onValue={(timeZone) => set({ timeZone })}
        fault={faultAt('timeZone') ?? (zone === null ? noSuchZone : undefined)}
      />
      <DateTimeField
        label="Voting opens"
        verb="opens"
        id={fieldId('opensAt')}
        value={values.opens}
        timeZone={zone}
        onValue={(opens) => set({ opens })}
        fault={faultAt('opensAt')}
      />
      <DateTimeField
        label="Voting closes"
        verb="closes"
        id={fieldId('closesAt')}
        value={values.closes}
        timeZone={zone}
        onValue={(closes) => set({ closes })}
        fault={faultAt('closesAt')}
      />
      <Length values={values} zone={zone} />
    </StepFrame>
  );
}

function Length({ values, zone }: { readonly values: Values; readonly zone: string | null }) {
  if (zone === null) return null;
  const opens = momentOf(values.opens, zone);
  const closes = momentOf(values.closes, zone);
  if (!('at' in opens) || !('at' in closes)) return null;
  const ms = Date.parse(closes.at) - Date.parse(opens.at);
  return (
    <p class={ms > 0 ? 'note' : 'note bad'} aria-live="polite">
      {ms > 0 ? `Voting is open for ${lengthText(ms)}.` : 'Voting closes before it opens. Enter a later end.'}
      {Date.parse(opens.at) <= Date.now() &&
        ms > 0 &&
        ' The opening time has passed. Voting opens as soon as you announce.'}
    </p>
  );
}
