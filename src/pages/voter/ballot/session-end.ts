// The end of the session, announced in time. A proof of the phone cannot be made longer, so the voter confirms the phone
// again; the choices stay on the page. A separate part of the script, loaded with the ballot.
import type { button } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';
import type { minutesUntil, msUntil } from '../time-left.ts';

/** How long before its end the session is announced to end, in milliseconds. */
const warnMs = 120_000;
/** Time between two looks at the clock, in milliseconds. */
const lookMs = 5_000;

/** What this part and the page share, so that the build need not divide the script further. */
type Shared = {
  readonly act: typeof button;
  readonly msUntil: typeof msUntil;
  readonly minutesUntil: typeof minutesUntil;
  readonly confirmAgain: () => void;
};

/** What was announced last: it is said once, not on each screen. */
let announced = '';

/** Shows it in `place` for as long as the screen is open. */
export function watchSessionEnd(app: VoterApp, place: HTMLElement, shared: Shared): void {
  // The voter may have left the screen while this part was loaded.
  if (app.exit.aborted) return;
  const { expiresAt = '' } = app.memory.vote.verified ?? {};
  const line = document.createElement('p');
  const again = shared.act(app.t('confirmAgain'), shared.confirmAgain);
  again.className = 'link';
  place.replaceChildren(line, again);
  const look = (): void => {
    const remainingMs = shared.msUntil(expiresAt);
    // A ballot that is being sent is beyond the voter.
    place.hidden = !(remainingMs <= warnMs) || app.memory.vote.sending !== undefined;
    if (place.hidden) return;
    const ended = app.copy.problems.unauthenticated.join('. ');
    const text = remainingMs > 0 ? app.t('sessionEnds', { time: shared.minutesUntil(expiresAt, app) }) : ended;
    if (text === line.textContent) return;
    line.textContent = text;
    if (text !== announced) app.announce(text);
    announced = text;
  };
  const timer = setInterval(look, lookMs);
  app.exit.addEventListener('abort', () => {
    clearInterval(timer);
    place.hidden = true;
  });
  look();
}
