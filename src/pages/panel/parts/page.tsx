// The frame of a page: its one heading, which takes the focus when the page opens, its actions, and its loading and
// error states.
import type { ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { displayZone } from '../../../domain/time-zone.ts';
import type { Refused } from '../calls.ts';
import { ownZone } from '../session/own-zone.ts';
import { PageZone } from './moment.tsx';
import { NoticeCount } from './notice-count.ts';
import { RejectionNote } from './rejection-note.tsx';

export function PageShell({
  title,
  tag,
  acts,
  rehearsal = false,
  zone = ownZone,
  children,
}: {
  readonly title: string;
  readonly tag?: ComponentChildren;
  readonly acts?: ComponentChildren;
  readonly rehearsal?: boolean;
  /** Of every time on the page: that of its election, or null while the election is read. Otherwise that of the reader. */
  readonly zone?: string | null;
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [path] = useLocation();
  const notices = useContext(NoticeCount);
  useEffect(() => {
    document.title = `${notices > 0 ? `(${notices}) ` : ''}${rehearsal ? 'Rehearsal: ' : ''}${title} – PopVote control panel`;
  }, [title, rehearsal, notices]);
  // Not with the title: data that arrive late, or a box that changes it, must not take the focus from where a person is.
  useEffect(() => heading.current?.focus(), [path]);
  const [times, setTimes] = useState(0);
  const count = useCallback(() => {
    setTimes((before) => before + 1);
    return () => setTimes((before) => before - 1);
  }, []);
  const ofPage = useMemo(() => ({ zone, count }), [zone, count]);
  return (
    <PageZone.Provider value={ofPage}>
      <div class="head">
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {tag}
        {acts !== undefined && <div class="acts">{acts}</div>}
      </div>
      {times > 0 && zone !== null && <p class="muted zone">Times on this page are in {displayZone(zone)}.</p>}
      {children}
    </PageZone.Provider>
  );
}

/** A reading: a quiet frame while it loads, the rejection if it fails, and the data. */
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
        {error !== null && (
          <p class="note warn">{error.problem.title}. This page may be out of date. It tries again automatically.</p>
        )}
        {children(data)}
      </>
    );
  }
  if (error !== null) return <RejectionNote rejection={error} takesFocus={false} />;
  return isPending ? (
    <p class="skeleton" role="status">
      <span class="unseen">Loading…</span>
    </p>
  ) : null;
}

/** An empty list: what is missing, why, and the first action. */
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
