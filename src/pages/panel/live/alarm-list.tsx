// Alarms and warnings: the effect on voters, the observation, and the next action. Every alarm has one.
import { Link } from 'wouter-preact';
import type { Alarm, AlarmCode } from '../../../protocol/control/live-api.ts';
import { ServiceText } from './service-text.tsx';

/** The panel page for the next action, if there is one. */
const places: Readonly<Partial<Record<AlarmCode, readonly [string, string]>>> = {
  'batch-incomplete': ['/batches', 'Open batches'],
};
const system = ['/system', 'Open the system page'] as const;

export function AlarmList({ alarms }: { readonly alarms: readonly Alarm[] }) {
  return (
    <ul class="alarms">
      {alarms.map((alarm) => (
        <li key={alarm.code + alarm.detail} class={`note ${alarm.severity === 'alarm' ? 'bad' : 'warn'}`}>
          <AlarmText alarm={alarm} />
        </li>
      ))}
    </ul>
  );
}

export function AlarmText({ alarm: { code, severity, title, detail, next } }: { readonly alarm: Alarm }) {
  const [address, words] = places[code] ?? system;
  return (
    <>
      <p>
        <strong>
          {severity === 'alarm' ? 'Alarm' : 'Warning'}: <ServiceText text={title} />
        </strong>
      </p>
      <p>
        <ServiceText text={detail} />
      </p>
      <p>
        What to do: <ServiceText text={next} /> <Link href={address}>{words}</Link>
      </p>
    </>
  );
}
