// The first steps in a new installation, on the overview of administrators. Who hides them hides them in that browser.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Invitation, User } from '../../../protocol/control/access-api.ts';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { LoadExample } from '../elections/example/load-example.tsx';
import { useInstallation } from '../elections/share/voter-addresses.ts';
import { useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { firstStepsOf } from './first-steps.ts';
import type { FirstStep } from './first-steps.ts';
import { ServiceText } from './service-text.tsx';

const hiddenKey = 'popvote-first-steps';
/** Elections that are looked through for a rehearsal and for one that counts. */
const electionsMax = 50;

export function FirstStepsSection() {
  const [visible, setVisible] = useState(() => !isHidden());
  if (!visible) return null;
  const hide = (): void => {
    rememberHidden();
    setVisible(false);
  };
  return <Steps onHide={hide} />;
}

function Steps({ onHide }: { readonly onHide: () => void }) {
  const { user } = useMe();
  const installation = useInstallation().data;
  const elections = useRemote<{ elections: readonly ElectionSummary[] }>(
    'elections',
    `/v1/elections?limit=${electionsMax}`,
  ).data?.elections;
  const officials = useRemote<{ users: readonly User[] }>('access', '/v1/users?role=official&limit=1').data?.users;
  const invitations = useRemote<{ invitations: readonly Invitation[] }>('access', '/v1/invitations').data?.invitations;
  if (installation === undefined || !elections || !officials || !invitations) return null;
  const { secondFactor } = user;
  const steps = firstStepsOf({ secondFactor, ...installation, elections, officials, invitations });
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps">First steps</h2>
      <p>
        {steps.filter(({ done }) => done).length} of {steps.length} are done.{' '}
        <button type="button" class="small" onClick={onHide}>
          Hide first steps
        </button>
      </p>
      <ul class="checks">
        {steps.map((step) => (
          <Step key={step.title} step={step} />
        ))}
      </ul>
      <LoadExample />
    </section>
  );
}

function Step({ step: { title, hint, done, act } }: { readonly step: FirstStep }) {
  return (
    <li>
      <span>
        <span class={`tag ${done ? 'good' : 'calm'}`}>
          <span aria-hidden="true">{done ? '✓' : '○'}</span> {done ? 'Done' : 'To do'}
        </span>
      </span>
      <div>
        <p>
          <strong>{title}</strong>
        </p>
        {!done && (
          <p class="muted">
            <ServiceText text={hint} /> {act !== null && <Link href={act[0]}>{act[1]}</Link>}
          </p>
        )}
      </div>
    </li>
  );
}

// A browser may forbid storage. Then they stay.
function isHidden(): boolean {
  try {
    return localStorage.getItem(hiddenKey) !== null;
  } catch {
    return false;
  }
}

function rememberHidden(): void {
  try {
    localStorage.setItem(hiddenKey, '1');
  } catch {
    // They are hidden until the page is loaded again.
  }
}
