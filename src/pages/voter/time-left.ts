// The time that is left for a code, kept up to date while its screen is open. It needs no zone.
import { h } from '../shared/dom.ts';
import { serverNow } from '../shared/calls.ts';
import { minutesText } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';

/** Time between two updates, in milliseconds. */
const updateMs = 10_000;

export const msUntil = (instant: string): number => Date.parse(instant) - serverNow();
export const minutesUntil = (instant: string, app: VoterApp): string => minutesText(msUntil(instant), app.language);

/** The text with `{time}` until the instant. */
export function timeLeft(app: VoterApp, key: 'validUntil' | 'codeHint', instant: string): HTMLElement {
  const line = h('span');
  const update = (): void => {
    line.textContent = app.t(key, { time: minutesUntil(instant, app) });
  };
  update();
  const timer = setInterval(update, updateMs);
  app.exit.addEventListener('abort', () => clearInterval(timer));
  return line;
}
