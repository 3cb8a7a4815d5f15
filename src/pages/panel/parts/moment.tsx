// A time in the zone of its page, which names the zone once, with UTC in the tooltip. Pages of one election have the zone of
// the election, and all others that of the reader. Outside a page the time has its zone beside it.
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import { ownZone } from '../session/own-zone.ts';
import { clockText, momentText, shortTimeText, timeText } from '../words.ts';

type ZoneOfPage = {
  /** null while the election is read. */
  readonly zone: string | null;
  /** Called for each time that is shown; returns what is called when it disappears. */
  readonly count: () => () => void;
};
export const PageZone = createContext<ZoneOfPage | null>(null);

const forms = { long: timeText, short: shortTimeText, clock: clockText } as const;

export function Moment({ at, form = 'long' }: { readonly at: string; readonly form?: keyof typeof forms }) {
  const page = useContext(PageZone);
  const count = page?.count;
  useEffect(() => count?.(), [count]);
  const text = page === null ? momentText(at, ownZone) : page.zone === null ? '…' : forms[form](at, page.zone);
  return (
    <time dateTime={at} title={momentText(at, 'UTC')}>
      {text}
    </time>
  );
}
