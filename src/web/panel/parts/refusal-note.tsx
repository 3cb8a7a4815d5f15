// A refusal as people read it: what happened, what to do, and each fault. It takes the focus, so that nobody misses it.
import { useEffect, useRef } from 'preact/hooks';
import type { Refused } from '../calls.ts';

/** `links` maps the path of a fault to the id of its field; other faults are shown as they are. */
export function RefusalNote({
  refusal,
  links = {},
}: {
  readonly refusal: Refused | null;
  readonly links?: Readonly<Record<string, string>>;
}) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), [refusal]);
  if (refusal === null) return null;
  const { title, detail, errors = [] } = refusal.problem;
  return (
    <div class="note bad" role="alert" tabIndex={-1} ref={note}>
      <h2>{title}</h2>
      <p>{detail}</p>
      {errors.length > 0 && (
        <ul>
          {errors.map((fault) => {
            const target = links[fault.path];
            return (
              <li key={fault.path + fault.detail}>
                {target === undefined ? (
                  <>
                    {fault.path !== '' && <code>{fault.path}</code>} {fault.detail}
                  </>
                ) : (
                  <a href={`#${target}`} onClick={(event) => focusField(event, target)}>
                    {fault.detail}
                  </a>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function focusField(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
