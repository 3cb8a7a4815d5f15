// The start: the list of elections, and an election's page with its requirements, its times and its links.
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen, View } from '../app.ts';
import { patientCall } from '../../shared/patient-call.ts';
import { call } from '../../shared/calls.ts';
import type { Outcome } from '../../shared/calls.ts';
import { titleText } from '../../../domain/title-text.ts';
import { textMethod } from '../next-code.ts';
import { noticesPart } from '../notices.ts';
import { electionText } from '../election-text.ts';
import { loadPart } from '../parts.ts';
import { dateTime } from '../../shared/languages.ts';
import type { ElectionList } from '../../../protocol/public-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';

let listed: Outcome<ElectionList> | undefined;

/** Requests the list. If there is only one election, it opens that. */
export async function loadList(app: VoterApp, failed: (kind: 'lost' | 'waiting') => void): Promise<void> {
  listed = await patientCall<ElectionList>('/v1/elections', failed);
  if (listed.kind !== 'answer') {
    app.fail(listed.kind === 'rejection' ? listed.rejection : 'lost');
    return;
  }
  const [only, ...others] = listed.value.elections;
  if (only && others.length === 0) app.openElection(only.id);
  else app.go('list');
}

export const listScreen: Screen = (app) => {
  if (listed?.kind !== 'answer') return { title: app.t('loading'), body: [] };
  const { elections } = listed.value;
  const items = elections.map(({ id, title, phase, opensAt, closesAt, timeZone, resultExpectedAt, rehearsal }) => {
    return h(
      'li',
      {},
      electionText('a', app, title, addressOf(id)),
      h('p', { class: 'muted' }, when(app, phase, opensAt, closesAt, timeZone)),
      (phase === 'published' || phase === 'closed') &&
        h('p', {}, publicPage(app, 'results', id, toResults(app, phase, resultExpectedAt, timeZone))),
      rehearsal && h('p', { class: 'tag' }, app.t('rehearsal')),
    );
  });
  const list = items.length > 0 ? h('ul', { class: 'list' }, ...items) : h('p', {}, app.t('listEmpty'));
  const endedLink = h(
    'div',
    { class: 'links' },
    h('p', {}, h('a', { href: `/archive?lang=${app.language}` }, app.t('listEnded'))),
  );
  return { title: app.t('listTitle'), body: app.kiosk ? [list] : [list, endedLink] };
};

// Ids consist of letters, digits, - and _ alone, so addresses need no encoding.
const addressOf = (id: string): string => `/?election=${id}`;

function when(app: VoterApp, phase: string, opensAt: string, closesAt: string, zone: string | undefined): string {
  const at = (instant: string): string => dateTime(instant, app.language, zone);
  if (phase === 'scheduled') return app.t('opens', { time: at(opensAt) });
  if (phase === 'open') return app.t('closes', { time: at(closesAt) });
  return phase === 'published' ? app.t('published') : app.t('closedAt', { time: at(closesAt) });
}

export const electionScreen: Screen = (app): View => {
  const { election } = app.memory;
  if (!election) return { title: app.t('loading'), body: [] };
  const { text, lang: titleLang } = titleText(election.title, app.language);
  const { phase, opensAt, closesAt, timeZone } = election;
  const times = h('p', { class: 'lead' }, when(app, phase, opensAt, closesAt, timeZone));
  if (phase === 'open') return { title: text, titleLang, body: [times, noticesPart(app), ...openParts(app, election)] };
  const state = h('h2', {}, phase === 'scheduled' ? app.t('notOpen') : app.t('closed'));
  return {
    title: text,
    titleLang,
    body: [
      h('div', { class: 'note' }, state, times),
      noticesPart(app),
      !app.kiosk && phase === 'scheduled' && election.identity.scheme === 'roll' && rollLink(app, election),
      !app.kiosk && phase === 'scheduled' && practice(app, election),
      !app.kiosk && pageLinks(app, election),
      ...(app.memory.vote.receipt ? [button(app.t('showReceipt'), () => app.go('receipt'))] : []),
      contestsOf(app, election),
    ],
  };
};

function toResults(app: VoterApp, phase: string, expectedAt?: string, timeZone?: string): string {
  if (phase === 'published') return app.t('toResults');
  return app.t('whenResults') + (expectedAt ? `: ${dateTime(expectedAt, app.language, timeZone)}` : '');
}

/** Turnout and results are separate pages, which need no script. */
function pageLinks(app: VoterApp, { id, phase }: PublicElection): HTMLElement {
  const link = (kind: 'turnout' | 'results' | 'trust', text: string) => h('p', {}, publicPage(app, kind, id, text));
  const isOpening = phase === 'scheduled';
  const results = !isOpening && phase !== 'open' && link('results', toResults(app, phase));
  const turnout = !isOpening && link('turnout', app.t('toTurnout'));
  return h('div', { class: 'links' }, results, turnout, link('trust', app.t('toTrust')));
}

const rollLink = (app: VoterApp, { id }: PublicElection): HTMLElement =>
  h('p', {}, publicPage(app, 'roll', id, app.t('toRoll')));

function publicPage(
  app: VoterApp,
  kind: 'turnout' | 'results' | 'roll' | 'trust',
  id: string,
  text: string,
): HTMLElement {
  return h('a', { href: `/${kind}/${id}?lang=${app.language}` }, text);
}

/** A link to an open rehearsal, if there is one. It is last, so that nothing moves when it appears. */
function practice(app: VoterApp, { rehearsal }: PublicElection): HTMLElement {
  const place = h('p', {});
  if (rehearsal) return place;
  void call<ElectionList>('GET', '/v1/elections').then((outcome) => {
    const open =
      outcome.kind === 'answer' &&
      outcome.value.elections.find((election) => election.rehearsal && election.phase === 'open');
    if (open) place.append(h('a', { href: addressOf(open.id) }, app.t('practise')));
  });
  return place;
}

const needs = {
  hkid: 'needHkid',
  jmbg: 'needJmbg',
  roll: 'needRoll',
  pin: 'needPin',
  'birth-date': 'needBirthDate',
} as const;

function openParts(app: VoterApp, election: PublicElection): Node[] {
  if (app.memory.vote.receipt) {
    const show = button(app.t('showReceipt'), () => app.go('receipt'), 'primary');
    return [h('div', { class: 'note ok' }, h('p', {}, app.t('votedHere'))), show];
  }
  // For comparison with what the organiser announced elsewhere. It appears when it is known.
  const code = h('p');
  if (app.memory.hasLog) void loadPart('logCheck').then((part) => part.showCode(code, app, election));
  const { scheme, second } = election.identity;
  const need = scheme === 'phone-only' ? app.t('needPhone') : app.t('need', { number: app.t(needs[second ?? scheme]) });
  const steps = (['how1', 'how2', 'how3'] as const).map((key) => h('li', {}, app.t(key)));
  const first = textMethod(election) ? steps[0] : h('li', {}, app.t('identifyCode'));
  return [
    h('p', {}, need),
    code,
    button(app.t('start'), () => app.go('identify'), 'primary'),
    h('h2', {}, app.t('how')),
    h('ol', {}, first, ...steps.slice(1)),
    contestsOf(app, election),
    ...(app.kiosk ? [] : [pageLinks(app, election), practice(app, election)]),
  ];
}

function contestsOf(app: VoterApp, { contests }: PublicElection): HTMLElement {
  const items = contests.map(({ title }) => {
    const { text, lang } = titleText(title, app.language);
    return h('li', {}, h('bdi', { lang }, text));
  });
  return h('section', {}, h('h2', {}, app.t('onBallot')), h('ul', {}, ...items));
}
