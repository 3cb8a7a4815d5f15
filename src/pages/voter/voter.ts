// The voters' page: which screen is shown, and how one leads to another. Where a voter stands follows from what is known
// of them (memory.ts) and not from the address, so that a reload, Back and a page from the back-forward cache all end on
// the truth: whoever has a receipt sees the receipt, and never the ballot.
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';
import type { VoterApp, Screen, ScreenName } from './app.ts';
import { castBallot } from './casting.ts';
import type { CastState } from './casting.ts';
import { fill } from '../public/languages/fill.ts';
import type { Copy } from '../public/languages/language-texts.ts';
import { h } from '../shared/dom.ts';
import { createFrame } from './frame.ts';
import { beginAnew, isKiosk } from './kiosk-mode.ts';
import type { Kiosk } from './kiosk.ts';
import { dateTime, preferredLanguage, rememberLanguage } from '../shared/languages.ts';
import { loadVoterCopy } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import { forget, keep, newMemory } from './memory.ts';
import type { VoterStop } from './memory.ts';
import { pause } from '../shared/pauses.ts';
import { patientCall } from '../shared/patient-call.ts';
import { ballotScreen } from './screens/ballot.ts';
import { electionScreen, listScreen, loadList } from './screens/elections.ts';
import { enterCodeScreen } from './screens/enter-code.ts';
import { identifyScreen } from './screens/identify.ts';
import { problemScreen } from './screens/problem.ts';
import { receiptScreen } from './screens/receipt.ts';
import { castStatusId, reviewScreen } from './screens/review.ts';
import { textInScreen } from './screens/text-in.ts';
import { watchElection } from './watch-election.ts';

/** Before the page is loaded again because its words did not come, in milliseconds. */
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
let shown: ScreenName = 'list';
let leaving = new AbortController();
let casting: CastState = 'idle';
let watching = new AbortController();
const atStation = isKiosk();
let kiosk: Kiosk | undefined;
const frame = createFrame((tag) => {
  if (!atStation) rememberLanguage(tag);
  void speak(tag).then(() => {
    render(false);
    document.getElementById('language')?.focus();
  });
});

/** Changes the language; where its words cannot be had, the one before stays. */
async function speak(tag: LanguageTag): Promise<void> {
  try {
    copy = await loadVoterCopy(tag);
    language = tag;
  } catch {
    frame.announce(copy.noAnswer);
  }
}

function appFor(left: AbortSignal): VoterApp {
  return {
    memory,
    language,
    copy,
    left,
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
    setErrors(found) {
      const error = `${copy.error}: `;
      const bare = document.title.startsWith(error) ? document.title.slice(error.length) : document.title;
      document.title = found ? error + bare : bare;
    },
  };
}

function render(moveFocus: boolean): void {
  leaving.abort();
  leaving = new AbortController();
  const app = appFor(leaving.signal);
  const view = screens[shown](app);
  document.title = `${view.title} – PopVote`;
  frame.show(app, view, moveFocus);
  kiosk?.shown(app, shown);
  if (shown === 'review') tellCast(casting);
}

function go(screen: ScreenName): void {
  shown = allowed(screen);
  // At a station nothing stays behind, the history of the tab included.
  if (atStation) history.replaceState({ screen: shown }, '');
  else history.pushState({ screen: shown }, '');
  render(true);
}

/** The screen itself where the voter may see it, else the one where they stand. */
function allowed(wanted: ScreenName): ScreenName {
  const { kept, choices, election } = memory;
  if (wanted === 'list') return wanted;
  if (kept.receipt) return wanted === 'election' ? wanted : 'receipt';
  if (wanted === 'problem' && memory.problem !== undefined) return wanted;
  if (kept.verified) {
    if (kept.sending) return 'review';
    const answered = election?.contests.every(({ id, minChoices }) => choices.has(id) || minChoices === 0) === true;
    return wanted === 'review' && answered ? 'review' : 'ballot';
  }
  if (wanted === 'identify' || wanted === 'election') return wanted;
  if (kept.pending) return kept.pending.verification.method === 'code' ? 'code' : 'text-in';
  return 'election';
}

function goOn(): void {
  const answered = memory.choices.size > 0 || memory.kept.sending !== undefined;
  go(answered ? 'review' : 'ballot');
  resumeCast();
}

/** A ballot that is on its way goes on by itself, once there is a session to send it with. */
function resumeCast(): void {
  if (memory.kept.sending && memory.kept.verified) cast();
}

function fail(problem: VoterStop): void {
  memory.problem = problem;
  go('problem');
}

/** Everything of the voter is forgotten; at a station the page begins anew for the next one. */
function finish(): void {
  if (atStation) {
    beginAnew(memory.kept.electionId);
    return;
  }
  forget(memory);
  go('election');
}

function cast(): void {
  if (casting !== 'idle') return;
  void castBallot(memory, tellCast).then((end) => {
    casting = 'idle';
    if (end.kind === 'recorded') go('receipt');
    else if (end.kind === 'rejected') fail(end.rejection);
    else fail(end.unsure ? 'unsure-ended' : end.rejection);
  });
}

function tellCast(state: CastState): void {
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

/** Nothing could be loaded yet: the page says why, and goes on trying. */
function stumbled(kind: 'lost' | 'waiting'): void {
  if (memory.problem === kind) return;
  memory.problem = kind;
  shown = 'problem';
  render(false);
}

/** Shows an election; a voter in the middle of it goes on where they stood. */
async function openElection(id: string): Promise<void> {
  const outcome = await patientCall<ElectionDocument>(`/v1/elections/${encodeURIComponent(id)}`, stumbled);
  if (outcome.kind !== 'answer') {
    fail(outcome.kind === 'rejection' ? outcome.rejection : 'lost');
    return;
  }
  if (memory.problem === 'lost' || memory.problem === 'waiting') memory.problem = undefined;
  if (memory.kept.electionId !== id) {
    forget(memory);
    keep(memory, { electionId: id });
  }
  memory.election = outcome.value.election;
  watching.abort();
  watching = new AbortController();
  watchElection(id, electionChanged, watching.signal);
  const { kept } = memory;
  if (kept.sending && !kept.verified && !kept.pending) memory.problem = 'unsure-ended';
  shown = allowed(kept.receipt ? 'receipt' : memory.problem ? 'problem' : 'text-in');
  history.replaceState({ screen: shown }, '');
  render(false);
  resumeCast();
}

/** The election is another one than the page showed: it opened, it closed, or its end was moved. */
function electionChanged(next: PublicElection): void {
  const before = memory.election;
  if (!before || (next.revision === before.revision && next.phase === before.phase)) return;
  memory.election = next;
  const at = (instant: string): string => dateTime(instant, language, next.timeZone);
  const moved = next.closesAt !== before.closesAt;
  if (moved) {
    memory.notice = () => fill(copy.extended, { time: at(next.closesAt), was: at(before.closesAt) });
  } else if (next.phase === 'open') memory.notice = () => copy.opened;
  else if (next.phase === 'closed') memory.notice = () => copy.closedNow;
  else return;
  if (shown === 'election') render(false);
  else frame.showNotice(appFor(leaving.signal));
  frame.announce(memory.notice());
}

addEventListener('popstate', (event: PopStateEvent) => {
  const { screen } = (event.state ?? {}) as { screen?: ScreenName };
  shown = allowed(screen ?? 'election');
  render(true);
});
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted || !memory.election) return;
  shown = allowed(shown);
  render(false);
});
addEventListener('beforeunload', (event) => {
  // A vote is on its way: leaving now would leave its voter not knowing.
  if (casting !== 'idle') event.preventDefault();
});

/** The first words of the page. Without them there is nothing to show, so it tries until the network lets it. */
async function firstWords(): Promise<void> {
  const tag = preferredLanguage();
  try {
    copy = await loadVoterCopy(tag);
    language = tag;
  } catch {
    await pause(reloadMs, new AbortController().signal);
    // Browsers may remember that a part failed for as long as the page lives.
    location.reload();
    await new Promise(() => undefined);
  }
}

await firstWords();
if (atStation) kiosk = (await import('./kiosk.ts')).startKiosk(finish, () => casting !== 'idle');
document.body.replaceChildren(h('main', {}, h('p', {}, copy.loading)));
const { electionId, pending, verified, sending, receipt } = memory.kept;
const begun = (pending ?? verified ?? sending ?? receipt) ? electionId : undefined;
const asked = new URLSearchParams(location.search).get('election') ?? begun;
if (asked !== undefined) void openElection(asked);
else void loadList(appFor(leaving.signal), stumbled);
