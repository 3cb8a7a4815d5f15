// A share as a bar, for eyes only: its number stands beside it. Lengths come from the exact fraction.
import { percentText } from '../../../domain/counting/share.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import './charts.css';

/** `lineAt`: where a line crosses it, in percent, such as 50 for the majority. */
export function ShareBar({
  share,
  mark,
  lineAt,
}: {
  readonly share: Fraction;
  readonly mark: string;
  readonly lineAt?: number;
}) {
  const percent = Math.min(100, Number(percentText(share, 2)));
  return (
    <svg class="share" aria-hidden="true">
      <rect class="track" width="100%" height="100%" />
      <rect class={mark} width={`${percent}%`} height="100%" />
      {lineAt !== undefined && <line class="half" x1={`${lineAt}%`} x2={`${lineAt}%`} y1="0" y2="100%" />}
    </svg>
  );
}

/** The colour of an option beside its name. */
export function Mark({ mark }: { readonly mark: string }) {
  return (
    <svg class="mark" aria-hidden="true" viewBox="0 0 16 16">
      <rect class={mark} x="2" y="2" width="12" height="12" />
    </svg>
  );
}
