// Deletes of participants that can be undone for a moment, in the state of the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { callPanel, fetchJson, Refused } from '../calls.ts';
import { useRefresh } from '../remote.ts';
import { createGraceDeletes, groupsAfter } from './grace-deletes.ts';
import type { DeletedGroup, GraceDeletes } from './grace-deletes.ts';
import { createSender } from './one-by-one.ts';

export type Deletes = Pick<GraceDeletes, 'undo'> & {
  readonly begin: (ids: readonly string[]) => void;
  /** The deletions of several, the oldest first. */
  readonly groups: readonly DeletedGroup[];
  /** Participants that are deleted when their time is over. */
  readonly waiting: ReadonlySet<string>;
  /** Participants whose deletion is on its way. */
  readonly onTheWay: ReadonlySet<string>;
  readonly rejection: Refused | null;
};

export function useGraceDeletes(): Deletes {
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [onTheWay, setOnTheWay] = useState<ReadonlySet<string>>(new Set());
  const [groups, setGroups] = useState<readonly DeletedGroup[]>([]);
  const [rejection, setRejection] = useState<Refused | null>(null);
  const refresh = useRefresh();
  const send = useRef(createSender(removeOne));
  const remove = async (id: string): Promise<void> => {
    setOnTheWay((before) => new Set([...before, id]));
    const { refused, last } = await send.current.send(id);
    if (refused !== null) setRejection(refused);
    if (!last) return;
    await refresh('elections');
    const still = new Set(send.current.waiting());
    setOnTheWay((before) => new Set([...before].filter((each) => still.has(each))));
  };
  // The session may have ended, and the page with it: no one is asked to sign in for this.
  const removeLeaving = (id: string): Promise<unknown> =>
    fetchJson(`/api/elections/v1/participants/${id}`, { method: 'DELETE', keepalive: true }).then(
      () => refresh('elections'),
      () => undefined,
    );
  const deletes = useRef<GraceDeletes>();
  deletes.current ??= createGraceDeletes({
    changed: setWaiting,
    send: (id, leaving) => void (leaving ? removeLeaving(id) : remove(id)),
  });
  const { begin, undo, leave } = deletes.current;
  useEffect(() => {
    const hide = (): void => {
      leave();
      for (const id of send.current.takeWaiting()) void removeLeaving(id);
    };
    addEventListener('pagehide', hide);
    return () => {
      removeEventListener('pagehide', hide);
      leave();
    };
  }, []);
  return {
    waiting,
    onTheWay,
    rejection,
    groups,
    undo,
    begin: (ids) => {
      setRejection(null);
      setGroups((before) => groupsAfter(before, ids, waiting));
      for (const id of ids) begin(id);
    },
  };
}

async function removeOne(id: string): Promise<Refused | null> {
  try {
    await callPanel('elections', `/v1/participants/${id}`, { method: 'DELETE' });
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('not-found') ? null : error;
  }
}
