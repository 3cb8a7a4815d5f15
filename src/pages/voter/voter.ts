// The voters' page: the current screen and the transitions between screens. The screen follows from the memory
// (memory.ts) and not from the address, so that a reload, Back and a page from the back-forward cache all show the true
// state: a voter with a receipt sees the receipt, and never the ballot.
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';
import type { VoterApp, Screen, ScreenName } from './app.ts';
import { castBallot } from './casting.ts';
import type { CastState } from './casting.ts';
import { fill } from '../public/languages/fill.ts';
import type { Copy } from '../public/languages/language-texts.ts';
import { button, h } from '../shared/dom.ts';
import { noticeOfChange } from './election-change.ts';
import { createFrame } from './frame.ts';
import { isKiosk } from './kiosk/kiosk-mode.ts';
import type { Kiosk } from './kiosk/kiosk.ts';
import { call } from '../shared/calls.ts';
import type { Rejection } from '../shared/calls.ts';
import { preferredLanguage, rememberLanguage } from '../shared/languages.ts';
import { loadVoterCopy } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import { dropWithdrawn, forget, keep, newMemory } from './memory.ts';
import type { VoterStop } from './memory.ts';
import { loadPart, tryPart } from './parts.ts';
import { pause } from '../shared/pauses.ts';
import { patientCall } from '../shared/patient-call.ts';
import { allowedScreen } from './screens/allowed-screen.ts';
import { ballotScreen, firstQuestion } from './screens/ballot.ts';
import { electionScreen, listScreen, loadList } from './screens/elections.ts';
import { enterCodeScreen } from './screens/enter-code.ts';
import { identifyScreen } from './screens/identify.ts';
import { problemScreen } from './screens/problem.ts';
import { receiptScreen } from './screens/receipt.ts';
import { castStatusId, reviewScreen } from './screens/review.ts';
import { textInScreen } from './screens/text-in.ts';
import { minutesUntil, msUntil } from './time-left.ts';
import { watchElection } from './watch-election.ts';

/** Pause before the page is reloaded because its copy could not be loaded, in milliseconds. */
const reloadMs = 3_000;

const screens: Readonly<Record<ScreenName, Screen>> = {
  list: listScreen,
  election: electionScreen,
  identify: identifyScreen,
  'text-in': textInScreen,
  code: enterCodeScreen,
  ballot: ballotScreen,
  review: reviewScreen,
  receipt: receiptScreen,
  problem: problemScreen,
};

const memory = newMemory();
let language: LanguageTag = 'en';
let copy!: Copy;
let currentScreen: ScreenName = 'list';
let leaving = new AbortController();
let casting: CastState = 'idle';
let watching = new AbortController();
let pollSoon = (): void => undefined;
const atStation = isKiosk();
let kiosk: Kiosk | undefined;
const frame = createFrame((tag) => {
  if (!atStation) rememberLanguage(tag);
  // If its copy cannot be loaded, the current language stays.
  const redraw = (): void => {
    render(false);
    document.getElementById('language')?.focus();
  };
  void setLanguage(tag).then(redraw, () => frame.announce(copy.noAnswer));
});

async function setLanguage(tag: LanguageTag): Promise<void> {
  copy = await loadVoterCopy(tag);
  language = tag;
}

function appFor(exit: AbortSignal): VoterApp {
  return {
    memory,
    language,
    copy,
    exit,
    go,
    goOn,
    fail,
    cast,
    finish,
    announce: frame.announce,
    kiosk: atStation,
    t: (key, values = {}) => fill(copy[key], values),
    refresh: () => render(true),
    openElection: (id) => void openElection(id),
    setErrors(present) {
      const error = `${copy.error}: `;
      const bare = document.title.startsWith(error) ? document.title.slice(error.length) : document.title;
      document.title = present ? error + bare : bare;
    },
  };
}

function render(moveFocus: boolean): void {
  leaving.abort();
  leaving = new AbortController();
  const app = appFor(leaving.signal);
  const view = screens[currentScreen](app);
  document.title = `${view.title} – PopVote`;
  frame.show(app, view, moveFocus);
  kiosk?.screenChanged(app, currentScreen);
  if (currentScreen === 'review') showCastState(casting);
  if (currentScreen === 'review' || currentScreen === 'ballot') {
    // Without it the page says at the cast that the session ended.
    void import('./ballot/session-end.ts').then(
      ({ watchSessionEnd }) =>
        watchSessionEnd(app, frame.session, { act: button, msUntil, minutesUntil, confirmAgain }),
      () => undefined,
    );
  }
}

/** A new session for the same vote. The choices stay. */
function confirmAgain(): void {
  keep(memory, { pending: undefined, verified: undefined });
  go('identify');
}

/** Chooses the screen. The question of the ballot stays while the voter is elsewhere, as to confirm the phone again. */
function enter(screen: ScreenName, question?: number): void {
  currentScreen = allowedScreen(memory, screen);
  if (currentScreen === 'ballot') memory.question = question ?? firstQuestion(memory);
}

function go(screen: ScreenName, question?: number): void {
  enter(screen, question);
  // A polling station's device leaves no traces, including the history of the tab.
  note(atStation ? 'replaceState' : 'pushState');
  render(true);
}

/** Notes the screen in the history of the tab. A question of the ballot has an address. */
function note(how: 'pushState' | 'replaceState'): void {
  const question = currentScreen === 'ballot' ? memory.question : undefined;
  const place = question === undefined ? location.pathname + location.search : `#question-${question + 1}`;
  history[how]({ screen: currentScreen, question }, '', place);
}

function goOn(): void {
  if (memory.checked) go('review');
  else go('ballot', memory.question);
  resumeCast();
}

/** Continues an unfinished cast, once there is a session to send it with. */
function resumeCast(): void {
  if (memory.vote.sending && memory.vote.verified) cast();
}

function fail(problem: VoterStop): void {
  memory.problem = problem;
  go('problem');
}

/** Deletes everything of the voter. At a polling station the page starts over for the next one. */
function finish(): void {
  if (kiosk) kiosk.startOver(memory.vote.electionId);
  else {
    forget(memory);
    go('election');
  }
}

function cast(): void {
  if (casting !== 'idle') return;
  void castBallot(memory, showCastState).then((end) => {
    casting = 'idle';
    if (end.kind === 'recorded') go('receipt');
    else if (end.kind === 'rejected') void rejected(end.rejection);
    else if (end.kind === 'session-ended') fail(end.unsure ? 'unsure-ended' : end.rejection);
    else fail(end.kind);
  });
}

/** Shows why the ballot was not recorded. The election may have changed since it was loaded. */
async function rejected(rejection: Rejection): Promise<void> {
  const { election } = memory;
  if (election && rejection.retry === 'corrected-input') {
    const path = `/v1/elections/${encodeURIComponent(election.id)}`;
    const outcome = await call<ElectionDocument>('GET', path);
    if (outcome.kind === 'answer') memory.election = outcome.value.election;
    dropWithdrawn(memory);
    pollSoon();
  }
  fail(rejection);
}

function showCastState(state: CastState): void {
  const news = state !== casting;
  casting = state;
  const place = document.getElementById(castStatusId);
  if (!place || state === 'idle') return;
  const text = copy[`cast${state === 'sending' ? 'Sending' : state === 'long' ? 'Long' : 'Retrying'}`];
  place.hidden = false;
  place.className = state === 'sending' ? 'status waiting' : 'status waiting warn';
  place.firstElementChild?.replaceChildren(text);
  if (news) frame.announce(text);
}

/** Nothing could be loaded yet: the page shows the reason, and tries again. */
function showLoadFailure(kind: 'lost' | 'waiting'): void {
  if (memory.problem === kind) return;
  memory.problem = kind;
  currentScreen = 'problem';
  render(false);
}

/** Shows an election. A voter in the middle of a vote continues at the same screen. */
async function openElection(id: string): Promise<void> {
  const outcome = await patientCall<ElectionDocument>(`/v1/elections/${encodeURIComponent(id)}`, showLoadFailure);
  if (outcome.kind !== 'answer') {
    fail(outcome.kind === 'rejection' ? outcome.rejection : 'lost');
    return;
  }
  if (memory.problem === 'lost' || memory.problem === 'waiting') memory.problem = undefined;
  if (memory.vote.electionId !== id) {
    forget(memory);
    keep(memory, { electionId: id });
  }
  memory.election = outcome.value.election;
  memory.hasLog = outcome.value.log;
  if (memory.hasLog) void loadPart('logCheck');
  watching.abort();
  watching = new AbortController();
  pollSoon = watchElection(id, electionChanged, watching.signal);
  const { vote } = memory;
  if (vote.sending && !vote.verified && !vote.pending) memory.problem = 'unsure-ended';
  enter(vote.receipt ? 'receipt' : memory.problem ? 'problem' : 'text-in');
  note('replaceState');
  render(false);
  resumeCast();
}

/** The election differs from the one on the page: it opened, it closed, or its end was moved. */
function electionChanged(next: PublicElection): void {
  const before = memory.election;
  if (!before || (next.revision === before.revision && next.phase === before.phase)) return;
  memory.election = next;
  const dropped = dropWithdrawn(memory);
  if (dropped && (currentScreen === 'ballot' || currentScreen === 'review')) {
    // The ballot says what happened.
    go('ballot');
    frame.announce(copy.withdrawnNow);
    return;
  }
  const notice = noticeOfChange(before, next);
  if (!notice) return;
  memory.notice = () => notice(appFor(leaving.signal));
  if (currentScreen === 'election') render(false);
  else frame.showNotice(appFor(leaving.signal));
  frame.announce(memory.notice());
}

addEventListener('popstate', (event: PopStateEvent) => {
  const { screen, question } = (event.state ?? {}) as { screen?: ScreenName; question?: number };
  enter(screen ?? 'election', question);
  render(true);
});
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted || !memory.election) return;
  enter(currentScreen, memory.question);
  render(false);
});
addEventListener('beforeunload', (event) => {
  // A vote is being sent: a voter who leaves now would not learn the outcome.
  if (casting !== 'idle') event.preventDefault();
});

/** The first copy of the page. Without it there is nothing to show, so it tries until the network allows it. */
async function firstWords(): Promise<void> {
  try {
    await setLanguage(preferredLanguage());
  } catch {
    await pause(reloadMs);
    location.reload();
    await new Promise(() => undefined);
  }
}

await firstWords();
if (atStation) {
  kiosk = (await loadPart('kiosk')).startKiosk(finish, () => casting !== 'idle', tryPart);
}
document.body.replaceChildren(h('main', {}, h('p', {}, copy.loading)));
const { electionId, pending, verified, sending, receipt, evidence } = memory.vote;
const ongoing = (pending ?? verified ?? sending ?? receipt ?? evidence) ? electionId : undefined;
const requested = new URLSearchParams(location.search).get('election') ?? ongoing;
if (requested !== undefined) void openElection(requested);
else void loadList(appFor(leaving.signal), showLoadFailure);
