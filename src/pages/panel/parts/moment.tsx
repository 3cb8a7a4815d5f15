// A time in the zone of its election, with UTC in the tooltip.
import { momentText } from '../words.ts';

export function Moment({ at, zone = 'UTC' }: { readonly at: string; readonly zone?: string }) {
  return (
    <time dateTime={at} title={momentText(at)}>
      {momentText(at, zone)}
    </time>
  );
}
