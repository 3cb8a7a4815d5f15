// A rejection for people: what happened, what to do, and each fault. It takes the focus, so that it is noticed, or is only
// announced where no act of the person led to it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Refused } from '../calls.ts';

/** Their own texts are for programs, and name the member of the answer that has the faults. */
const withFaults = ['invalid-election', 'invalid-request'] as const;

type Fault = { readonly path: string; readonly detail: string };

/** `links` maps the path of a fault to the ID of its field; `shown` replaces the way a fault is rendered. */
export function RejectionNote({
  rejection,
  links = {},
  renderFault = (fault) => <PlainFault fault={fault} target={links[fault.path]} />,
  takesFocus = true,
}: {
  readonly rejection: Refused | null;
  readonly links?: Readonly<Record<string, string>>;
  readonly renderFault?: (fault: Fault) => ComponentChildren;
  /** Not for what is read in the background: a person may be typing. */
  readonly takesFocus?: boolean;
}) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) note.current?.focus();
  }, [rejection]);
  if (rejection === null) return null;
  const { title, detail, errors = [] } = rejection.problem;
  const listsFaults = errors.length > 0 && withFaults.some((code) => rejection.is(code));
  return (
    <div class="note bad" role="alert" tabIndex={-1} ref={note}>
      <h2>{title}</h2>
      <p>{listsFaults ? 'Correct what is listed here and try again. Nothing was changed.' : detail}</p>
      {rejection.is('second-factor-missing') && (
        <p>
          <Link href="/account">Set up two-step sign-in</Link>
        </p>
      )}
      {errors.length > 0 && (
        <ul>
          {errors.map((fault) => (
            <li key={fault.path + fault.detail}>{renderFault(fault)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PlainFault({ fault, target }: { readonly fault: Fault; readonly target: string | undefined }) {
  if (target === undefined) {
    return (
      <>
        {fault.path !== '' && <code>{fault.path}</code>} {fault.detail}
      </>
    );
  }
  return (
    <a href={`#${target}`} onClick={(event) => focusField(event, target)}>
      {fault.detail}
    </a>
  );
}

function focusField(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
