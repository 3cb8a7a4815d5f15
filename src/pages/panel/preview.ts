// The page in the frame of a preview: the ballot as voters will see it, from the voters' own screens. It shows what the
// panel sends, and reads no other messages. It makes no request, stores nothing and casts nothing.
import type { VoterApp, ScreenName } from '../voter/app.ts';
import { fill } from '../public/languages/fill.ts';
import type { Copy } from '../public/languages/language-texts.ts';
import { button, h } from '../shared/dom.ts';
import { createFrame } from '../voter/frame.ts';
import { loadVoterCopy } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import type { Memory } from '../voter/memory.ts';
import { ballotScreen } from '../voter/screens/ballot.ts';
import { castStatusId, reviewScreen } from '../voter/screens/review.ts';
import '../voter/voter.css';
import { pictureAddress } from './elections/draft/steps/logo-picture.ts';
import { previewReady } from './preview-messages.ts';
import type { PreviewMessage } from './preview-messages.ts';

type PreviewState = 'ballot' | 'review';

const memory: Memory = {
  vote: {},
  election: undefined,
  number: '',
  second: '',
  phone: '',
  choices: new Map(),
  question: undefined,
  checked: false,
  choiceDropped: false,
  problem: undefined,
  notice: undefined,
  unsure: false,
};
let logo: HTMLImageElement | null = null;
let copy!: Copy;
let language: LanguageTag = 'en';
let kiosk = false;
let visibleScreen: PreviewState = 'ballot';
let leaving = new AbortController();
const frame = createFrame((tag) => void speak(tag).then(() => render(false)));

async function speak(tag: LanguageTag): Promise<void> {
  const words = await loadVoterCopy(tag);
  copy = words;
  language = tag;
}

function render(moveFocus: boolean): void {
  leaving.abort();
  leaving = new AbortController();
  document.documentElement.classList.toggle('kiosk', kiosk);
  // Each preview starts a new ballot: nothing comes from storage or goes into it.
  memory.vote = {};
  const app = appFor(leaving.signal);
  const view = (visibleScreen === 'review' ? reviewScreen : ballotScreen)(app);
  forgetTab();
  document.title = view.title;
  frame.show(app, view, moveFocus);
  if (logo) document.querySelector('.bar')?.prepend(logo);
  // In addition to the panel's own.
  for (const name of ['header', 'main', 'footer']) {
    document.querySelector(name)?.setAttribute('aria-label', `Preview, ${name}`);
  }
}

function forgetTab(): void {
  try {
    sessionStorage.removeItem('popvote-vote');
  } catch {
    // There was no choice.
  }
}

function appFor(signal: AbortSignal): VoterApp {
  const nothing = (): void => undefined;
  return {
    memory,
    language,
    copy,
    kiosk,
    exit: signal,
    cast,
    announce: frame.announce,
    goOn: nothing,
    refresh: nothing,
    fail: nothing,
    openElection: nothing,
    setErrors: nothing,
    finish: begin,
    go: (screen: ScreenName, question?: number) => {
      visibleScreen = screen === 'review' ? 'review' : 'ballot';
      memory.question = question;
      render(true);
    },
    t: (key, values = {}) => fill(copy[key], values),
  };
}

/** The preview ends where a voter's ballot would be sent. */
function cast(): void {
  const place = document.getElementById(castStatusId);
  if (place === null) return;
  const text = 'This is the end of the preview. Nothing was cast.';
  place.hidden = false;
  place.className = 'status';
  place.replaceChildren(h('p', { lang: 'en', role: 'status' }, text), button('Start again', begin));
}

function begin(): void {
  forgetChoices();
  visibleScreen = 'ballot';
  render(true);
}

function forgetChoices(): void {
  Object.assign(memory, { choices: new Map(), question: undefined, checked: false });
}

async function show(message: PreviewMessage): Promise<void> {
  const another = memory.election !== undefined && memory.election.id !== message.election.id;
  // The picture has no address before it is published.
  const { logo: size, ...rest } = message.election;
  memory.election = rest;
  logo =
    size && message.logo !== undefined
      ? h('img', { src: pictureAddress(message.logo), width: size.width, height: size.height, alt: '' })
      : null;
  kiosk = message.kiosk;
  if (another) forgetChoices();
  memory.question = undefined;
  visibleScreen = 'ballot';
  await speak(message.language);
  render(false);
}

addEventListener('message', (event: MessageEvent) => {
  if (event.origin !== location.origin || event.source !== parent || parent === window) return;
  const message = event.data as Partial<PreviewMessage> | null;
  if (message?.kind === 'popvote-preview') void show(message as PreviewMessage);
});
// Links of the voters' page would leave the preview.
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('a[href]:not([href^="#"])')) event.preventDefault();
});
parent.postMessage(previewReady, location.origin);
