// The page in the frame of a preview: the ballot as voters will see it, made by the voters' own screens. It shows what the
// panel around it hands over, and hears nobody else; it calls nothing, keeps nothing and casts nothing.
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
import { previewReady } from './preview-messages.ts';
import type { PreviewMessage } from './preview-messages.ts';

type Shown = 'ballot' | 'review';

const memory: Memory = {
  kept: {},
  election: undefined,
  number: '',
  phone: '',
  choices: new Map(),
  problem: undefined,
  notice: undefined,
  unsure: false,
};
let copy!: Copy;
let language: LanguageTag = 'en';
let kiosk = false;
let shown: Shown = 'ballot';
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
  // The ballot is as new each time: what was seen before is not remembered, and not kept for the panel's tab.
  memory.kept = {};
  const app = appFor(leaving.signal);
  const view = (shown === 'review' ? reviewScreen : ballotScreen)(app);
  forgetTab();
  document.title = view.title;
  frame.show(app, view, moveFocus);
  // Beside those of the panel around it.
  for (const name of ['header', 'main', 'footer']) {
    document.querySelector(name)?.setAttribute('aria-label', `Preview, ${name}`);
  }
}

function forgetTab(): void {
  try {
    sessionStorage.removeItem('popvote-vote');
  } catch {
    // There was none.
  }
}

function appFor(left: AbortSignal): VoterApp {
  const nothing = (): void => undefined;
  return {
    memory,
    language,
    copy,
    kiosk,
    left,
    cast,
    announce: frame.announce,
    goOn: nothing,
    refresh: nothing,
    fail: nothing,
    openElection: nothing,
    setErrors: nothing,
    finish: begin,
    go: (screen: ScreenName) => {
      shown = screen === 'review' ? 'review' : 'ballot';
      render(true);
    },
    t: (key, values = {}) => fill(copy[key], values),
  };
}

/** Where a voter's ballot would be sent, the preview ends. */
function cast(): void {
  const place = document.getElementById(castStatusId);
  if (place === null) return;
  const text = 'This is a preview: here the ballot would be sent. Nothing was cast.';
  place.hidden = false;
  place.className = 'status';
  place.replaceChildren(h('p', { lang: 'en', role: 'status' }, text), button('Begin again', begin));
}

function begin(): void {
  memory.choices = new Map();
  shown = 'ballot';
  render(true);
}

async function show(message: PreviewMessage): Promise<void> {
  const another = memory.election !== undefined && memory.election.id !== message.election.id;
  memory.election = message.election;
  kiosk = message.kiosk;
  if (another) memory.choices = new Map();
  shown = 'ballot';
  await speak(message.language);
  render(false);
}

addEventListener('message', (event: MessageEvent) => {
  if (event.origin !== location.origin || event.source !== parent || parent === window) return;
  const message = event.data as Partial<PreviewMessage> | null;
  if (message?.kind === 'popvote-preview') void show(message as PreviewMessage);
});
// Links of the voters' page lead out of the preview.
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('a[href]:not([href^="#"])')) event.preventDefault();
});
parent.postMessage(previewReady, location.origin);
