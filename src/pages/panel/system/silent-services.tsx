// Expected services without a recent report.
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { StateTag } from '../parts/state-tag.tsx';
import { durationText } from '../words.ts';

export function SilentServices({ silent, at }: Pick<SystemAnswer, 'silent' | 'at'>) {
  return (
    <>
      {silent.map(({ service, since, next }) => (
        <section key={service} class="report" aria-labelledby={`silent-${service}`}>
          <h2 id={`silent-${service}`}>
            {service} <StateTag state="silent" />
          </h2>
          <p>
            {since === null ? 'No report yet.' : `Last report ${durationText(Date.parse(at) - Date.parse(since))} ago.`}
          </p>
          <p>
            <strong>What to do:</strong> {next}
          </p>
        </section>
      ))}
    </>
  );
}
