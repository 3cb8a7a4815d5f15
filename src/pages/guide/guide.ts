// The style guide: every state of the voters' page by its name, in each language and in two pseudo-languages. The frame
// and the screens are the real ones; the service and the clock are simulated. `?state=…&language=…&pseudo=…` shows one
// state. Without parameters the page lists all.
import type { VoterApp } from '../voter/app.ts';
import { fill } from '../public/languages/fill.ts';
import type { Copy } from '../public/languages/language-texts.ts';
import { button, h } from '../shared/dom.ts';
import { createFrame } from '../voter/frame.ts';
import type { Frame } from '../voter/frame.ts';
import { startKiosk } from '../voter/kiosk/kiosk.ts';
import { languages, loadVoterCopy } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import { loadPart } from '../voter/parts.ts';
import type { Memory } from '../voter/memory.ts';
import { ballotScreen } from '../voter/screens/ballot.ts';
import { electionScreen, listScreen, loadList } from '../voter/screens/elections.ts';
import { enterCodeScreen } from '../voter/screens/enter-code.ts';
import { identifyScreen } from '../voter/screens/identify.ts';
import { problemScreen } from '../voter/screens/problem.ts';
import { receiptScreen } from '../voter/screens/receipt.ts';
import { castStatusId, reviewScreen } from '../voter/screens/review.ts';
import { textInScreen } from '../voter/screens/text-in.ts';
import { watchSessionEnd } from '../voter/ballot/session-end.ts';
import { minutesUntil, msUntil } from '../voter/time-left.ts';
import { pseudoCopy } from './pseudo.ts';
import type { Pseudo } from './pseudo.ts';
import { election } from './sample.ts';
import { states } from './states.ts';
import type { SampleAnswer, GuideState } from './states.ts';

const screens = {
  list: listScreen,
  election: electionScreen,
  identify: identifyScreen,
  'text-in': textInScreen,
  code: enterCodeScreen,
  ballot: ballotScreen,
  review: reviewScreen,
  receipt: receiptScreen,
  problem: problemScreen,
} as const;

/** Factor by which timers of a state run faster, so that later states appear at once. */
const haste = 1_000;
const timers: number[] = [];
const realTimeout = setTimeout.bind(globalThis);

function answerWith(answer: SampleAnswer = 'never'): void {
  globalThis.fetch = () => {
    if (answer === 'never') return new Promise(() => undefined);
    if (answer === 'lost') return Promise.reject(new TypeError('no connection'));
    if ('value' in answer) return Promise.resolve(Response.json(answer.value));
    return Promise.resolve(Response.json(answer.rejection, { status: 503, headers: { 'retry-after': '30' } }));
  };
}

function hurry(after: number): void {
  for (const timer of timers.splice(0)) clearTimeout(timer);
  const quick = (handler: () => void, ms = 0): number => {
    const timer = realTimeout(handler, ms <= after ? ms / haste : 2 ** 30);
    timers.push(timer);
    return timer;
  };
  globalThis.setTimeout = quick as unknown as typeof setTimeout;
}

/** The parts of the script that screens load when they need them: in the guide they are there at once. */
const parts = [() => import('../voter/ballot/option-search.ts'), () => import('../voter/ballot/seat-rule.ts')];

let leaving = new AbortController();

async function show(name: string, language: LanguageTag, pseudo: Pseudo | null): Promise<void> {
  const state = states[name];
  if (!state) throw new Error(`no state ${name}`);
  // Its texts then appear with the rest of the screen.
  await loadPart('logCheck');
  leaving.abort();
  leaving = new AbortController();
  for (const dialog of document.querySelectorAll('dialog')) dialog.remove();
  const root = document.documentElement;
  root.classList.toggle('kiosk', state.kiosk === true);
  delete root.dataset['size'];
  delete root.dataset['colours'];
  answerWith(state.answer);
  hurry(state.after ?? 0);
  const real = await loadVoterCopy(language);
  const copy = pseudo ? pseudoCopy(real, pseudo) : real;
  const frame = createFrame(() => undefined);
  const app = appOf(state, copy, language, frame);
  if (state.screen === 'list') await loadList(app, () => undefined);
  await Promise.all(parts.map((load) => load()));
  if (state.device !== undefined) openWithDevice(state.device);
  const kiosk = state.kiosk
    ? startKiosk(
        () => undefined,
        () => false,
        () => Promise.reject(new Error('There is no log in the guide.')),
      )
    : undefined;
  const view = screens[state.screen](app);
  document.title = view.title;
  frame.show(app, view, false);
  kiosk?.screenChanged(app, state.screen);
  if (state.screen === 'ballot' || state.screen === 'review')
    watchSessionEnd(app, frame.session, { act: button, msUntil, minutesUntil, confirmAgain: () => undefined });
  await Promise.resolve();
  if (pseudo === 'mirrored') Object.assign(document.documentElement, { lang: 'ar', dir: 'rtl' });
  if (state.cast) showCast(state.cast, copy);
  if (state.typed) {
    const input = document.querySelector<HTMLInputElement>(state.typed.into);
    if (input) input.value = state.typed.text;
    input?.dispatchEvent(new Event('input'));
  }
  for (const selector of [state.press ?? []].flat()) document.querySelector<HTMLElement>(selector)?.click();
  if (state.after !== undefined && state.after > 0) {
    await new Promise((resolve) => realTimeout(resolve, (state.after ?? 0) / haste + 20));
  }
}

/** As if the link that enrols a device had been opened. */
function openWithDevice(secret: string): void {
  const search = new URLSearchParams(location.search);
  search.set('election', election.id);
  history.replaceState(null, '', `?${search.toString()}#device=${secret}`);
}

function appOf(state: GuideState, copy: Copy, language: LanguageTag, frame: Frame): VoterApp {
  const memory: Memory = {
    vote: {},
    election,
    number: '',
    second: '',
    phone: '',
    choices: new Map(),
    question: undefined,
    checked: false,
    choiceDropped: false,
    problem: undefined,
    unsure: false,
    notice: undefined,
    ...state.memory?.(),
  };
  const nothing = (): void => undefined;
  return {
    memory,
    language,
    copy,
    exit: leaving.signal,
    announce: frame.announce,
    kiosk: state.kiosk === true,
    go: nothing,
    goOn: nothing,
    refresh: nothing,
    fail: nothing,
    openElection: nothing,
    setErrors: nothing,
    cast: nothing,
    finish: nothing,
    t: (key, values = {}) => fill(copy[key], values),
  };
}

function showCast(cast: NonNullable<GuideState['cast']>, copy: Copy): void {
  for (const part of document.querySelectorAll<HTMLElement>('.until-cast, .back')) part.hidden = true;
  const place = document.getElementById(castStatusId);
  if (!place) return;
  place.hidden = false;
  place.className = cast === 'sending' ? 'status waiting' : 'status waiting warn';
  const texts = { sending: copy.castSending, retrying: copy.castRetrying, long: copy.castLong };
  place.firstElementChild?.replaceChildren(texts[cast]);
}

function showAll(): void {
  document.title = 'Style guide';
  const links = Object.keys(states).map((name) => {
    const variants = [...Object.keys(languages).map((tag) => `language=${tag}`), 'pseudo=longer', 'pseudo=mirrored'];
    const to = (variant: string) => h('a', { href: `?state=${name}&${variant}` }, variant.split('=')[1] ?? '');
    return h('li', {}, name, ': ', ...variants.flatMap((variant) => [to(variant), ' ']));
  });
  document.body.replaceChildren(h('main', {}, h('h1', {}, 'Style guide'), h('ul', {}, ...links)));
}

Object.assign(globalThis, { showState: show, stateNames: Object.keys(states) });
const query = new URLSearchParams(location.search);
const name = query.get('state');
if (name === null) showAll();
else await show(name, (query.get('language') ?? 'en') as LanguageTag, query.get('pseudo') as Pseudo | null);
