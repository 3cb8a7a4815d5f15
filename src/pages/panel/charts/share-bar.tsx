// A share as a bar, decorative: its number is beside it. Lengths come from the exact fraction.
import type { Fraction } from '../../../domain/counting/share.ts';
import { barPercent } from '../../../domain/results/rounding.ts';

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
  return (
    <svg class="share" aria-hidden="true">
      <rect class="track" width="100%" height="100%" />
      <rect class={mark} width={`${barPercent(share)}%`} height="100%" />
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
