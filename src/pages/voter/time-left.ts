// The time that is left for a code, kept up to date while its screen is open. It needs no zone.
import { h } from '../shared/dom.ts';
import { serverNow } from '../shared/calls.ts';
import { minutesText } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';

/** Time between two updates, in milliseconds. */
const updateMs = 10_000;

export const msUntil = (instant: string): number => Date.parse(instant) - serverNow();
export const minutesUntil = (instant: string, app: VoterApp): string => minutesText(msUntil(instant), app.language);

/** The text with `{time}` until the instant, and then that the code has expired. */
export function timeLeft(app: VoterApp, key: 'validUntil' | 'codeHint', instant: string): HTMLElement {
  const line = h('span');
  const update = (): void => {
    const isOver = msUntil(instant) <= 0;
    line.textContent = isOver
      ? app.copy.problems['code-expired'].join('. ')
      : app.t(key, { time: minutesUntil(instant, app) });
    if (isOver) clearInterval(timer);
  };
  const timer = setInterval(update, updateMs);
  update();
  app.exit.addEventListener('abort', () => clearInterval(timer));
  return line;
}
