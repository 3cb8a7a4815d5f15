// Step 3: check the choices, then one button. While a ballot that may have been recorded is being sent, it cannot be
// changed and is not shown. The page only shows the status.
import { h, unseen } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import type { Contest } from '../../../domain/election.ts';
import { noticesPart } from '../notices.ts';
import { electionText } from '../election-text.ts';
import { optionText } from '../ballot/option-text.ts';
import { submitter } from '../submitter.ts';

export const castStatusId = 'cast-status';

export const reviewScreen: Screen = (app) => {
  const { election, vote, choices } = app.memory;
  if (!election) return { title: app.t('loading'), body: [] };
  const status = h('div', { id: castStatusId, class: 'status', hidden: true }, h('p', {}));
  if (vote.sending && choices.size === 0) {
    return { title: app.t('unsureTitle'), step: 3, body: [h('p', { class: 'lead' }, app.t('unsure')), status] };
  }
  // eslint-disable-next-line @typescript-eslint/require-await -- the cast outlives this screen and its button
  const submit = submitter(app, app.t('cast'), async () => {
    // From here on nothing may state "not voted yet" or offer a change.
    for (const part of document.querySelectorAll<HTMLElement>('.until-cast, .back')) part.hidden = true;
    app.cast();
  });
  app.memory.checked = true;
  const locked = vote.sending !== undefined;
  const { contests } = election;
  const blank = contests.filter(({ id }) => !choices.has(id)).length;
  return {
    title: app.t('reviewTitle'),
    step: 3,
    ...(!locked && { back: 'ballot' as const }),
    body: [
      noticesPart(app),
      !locked && h('p', { class: 'note warn until-cast' }, h('strong', {}, app.t('notYet'))),
      blank > 0 && h('p', { class: 'note warn until-cast' }, app.t('blank', { n: blank })),
      h('dl', { class: 'review' }, ...contests.map((contest, at) => card(app, contest, at, locked))),
      h('form', { onsubmit: submit.onsubmit }, submit.element),
      status,
      h('p', {}, app.t('final')),
    ],
  };
};

function card(app: VoterApp, contest: Contest, at: number, locked: boolean): HTMLElement {
  const choice = app.memory.choices.get(contest.id);
  const options = choice instanceof Set ? contest.options.filter(({ id }) => choice.has(id)) : [];
  const lines = options.map((option) => h('dd', { class: 'chosen' }, ...optionText(app, option)));
  if (choice === 'abstain') lines.push(h('dd', { class: 'chosen' }, app.t('abstain')));
  if (choice === undefined) lines.push(h('dd', { class: 'chosen tag' }, app.t('noChoice')));
  const more = contest.maxChoices - options.length;
  if (!locked && options.length > 0 && more > 0) {
    lines.push(h('dd', { class: 'muted until-cast' }, app.t('more', { n: options.length, more })));
  }
  const change = h('button', { type: 'button', class: 'link', onclick: () => app.go('ballot', at) }, app.t('change'));
  // The title of a question may be long: screen readers have it just before.
  change.append(unseen(` ${app.t('question', { n: at + 1, of: app.memory.election?.contests.length ?? 1 })}`));
  return h(
    'div',
    { class: choice === undefined ? 'card blank' : 'card' },
    electionText('dt', app, contest.title),
    ...lines,
    !locked && h('dd', { class: 'until-cast' }, change),
  );
}
