// The values of step 2, and the change that they are to a definition. An unchanged time keeps its seconds.
import { unmarkedTime } from '../../../../../domain/suggested-values.ts';
import { isTimeZone } from '../../../../../domain/time-zone.ts';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import type { StepFault } from '../steps.ts';
import { noSuchZone } from '../time-zone-field.tsx';
import { momentOf, typedOf } from '../typed-time.ts';
import type { TypedTime } from '../typed-time.ts';
import type { StepWork } from '../use-step.ts';

export type DatesValues = {
  readonly timeZone: string;
  readonly opens: TypedTime;
  readonly closes: TypedTime;
  readonly resultHours: number | null;
};

export const datesWork: StepWork<DatesValues> = {
  name: 'dates',
  read: ({ definition: { opensAt, closesAt, timeZone, resultHours } }: AdministeredElection) => ({
    timeZone,
    opens: typedOf(unmarkedTime(opensAt), timeZone),
    closes: typedOf(unmarkedTime(closesAt), timeZone),
    resultHours: resultHours ?? null,
  }),
  write: ({ timeZone, opens, closes, resultHours }, definition, election) => {
    const untouched = datesWork.read({ ...election, definition });
    const momentFor = (typed: TypedTime, was: TypedTime, at: string): string => {
      const same = timeZone === definition.timeZone && JSON.stringify(typed) === JSON.stringify(was);
      const moment = momentOf(typed, timeZone);
      return same || 'fault' in moment ? unmarkedTime(at) : moment.at;
    };
    return {
      timeZone,
      opensAt: momentFor(opens, untouched.opens, definition.opensAt),
      closesAt: momentFor(closes, untouched.closes, definition.closesAt),
      // Only a change is sent: `elections` of the release before does not know it.
      ...(resultHours !== untouched.resultHours && { resultHours }),
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
