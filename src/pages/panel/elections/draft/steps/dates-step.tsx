// Step 2: the opening and closing, in the time zone of the election, and when the result is expected.
import { isTimeZone } from '../../../../../domain/time-zone.ts';
import { DateTimeField } from '../date-time-field.tsx';
import { ResultHoursField } from '../result-hours-field.tsx';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { TimeZoneField, noSuchZone } from '../time-zone-field.tsx';
import { fieldId, useStep } from '../use-step.ts';
import { lengthText } from '../zoned-time.ts';
import { momentOf } from '../typed-time.ts';
import { datesWork } from './dates-form.ts';
import type { DatesValues } from './dates-form.ts';

export function DatesStep({ election, onSaved }: StepProps) {
  const form = useStep(election, datesWork, onSaved);
  const { values, set, faultAt } = form;
  const zone = isTimeZone(values.timeZone) ? values.timeZone : null;
  const closesAt = zone === null ? null : momentOf(values.closes, zone);
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
      <ResultHoursField
        hours={values.resultHours ?? undefined}
        saved={election.definition.resultHours}
        closesAt={closesAt !== null && 'at' in closesAt ? closesAt.at : undefined}
        timeZone={values.timeZone}
        onHours={(hours) => set({ resultHours: hours ?? null })}
      />
    </StepFrame>
  );
}

function Length({ values, zone }: { readonly values: DatesValues; readonly zone: string | null }) {
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
