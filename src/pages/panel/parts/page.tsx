// The frame of a page: its one heading, which takes the focus when the page comes, what can be done there, and what is
// shown while it is read or cannot be.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Refused } from '../calls.ts';
import { RejectionNote } from './rejection-note.tsx';

export function PageShell({
  title,
  tag,
  acts,
  rehearsal = false,
  children,
}: {
  readonly title: string;
  readonly tag?: ComponentChildren;
  readonly acts?: ComponentChildren;
  readonly rehearsal?: boolean;
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${rehearsal ? 'Rehearsal: ' : ''}${title} – PopVote control panel`;
    heading.current?.focus();
  }, [title, rehearsal]);
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {tag}
        {acts !== undefined && <div class="acts">{acts}</div>}
      </div>
      {children}
    </>
  );
}

/** A remote thing: a quiet frame while it is read, the rejection where it cannot be, and the thing. */
export function Loaded<T>({
  of: { data, error, isPending },
  children,
}: {
  readonly of: { readonly data: T | undefined; readonly error: Refused | null; readonly isPending: boolean };
  readonly children: (data: T) => ComponentChildren;
}) {
  if (data !== undefined) {
    return (
      <>
        {error !== null && <p class="note warn">{error.problem.title}. What is shown may be old; it is asked again.</p>}
        {children(data)}
      </>
    );
  }
  if (error !== null) return <RejectionNote rejection={error} />;
  return isPending ? (
    <p class="skeleton" role="status">
      <span class="unseen">Reading…</span>
    </p>
  ) : null;
}

/** Where a list has nothing: what is missing, why, and the first act. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}
