// Step 2: the ballot, all contests in one page. Nothing is sent and nothing is stored while the voter chooses.
import { h } from '../../shared/dom.ts';
import type { Screen } from '../app.ts';
import { contestChoices } from '../contest-choices.ts';
import { errorSummary } from '../field.ts';
import { keep } from '../memory.ts';
import { noticesPart } from '../notices.ts';
import { submitter } from '../submitter.ts';

export const ballotScreen: Screen = (app) => {
  const { election, vote, choices } = app.memory;
  if (!election) return { title: app.t('loading'), body: [] };
  const { contests } = election;
  const parts = contests.map((contest, index) => contestChoices(app, contest, { index, of: contests.length }));
  const summary = errorSummary(app);
  const dropped = app.memory.choiceDropped;
  const notKept = vote.sawBallot === true && choices.size === 0;
  if (vote.sawBallot !== true) keep(app.memory, { sawBallot: true });
  // eslint-disable-next-line @typescript-eslint/require-await -- nothing is sent here
  const submit = submitter(app, app.t('toReview'), async () => {
    const faults = parts.flatMap((part) => part.showFault() ?? []);
    summary.show(faults);
    if (faults.length > 0) return;
    app.memory.choiceDropped = false;
    app.go('review');
  });
  return {
    title: app.t('ballotTitle'),
    step: 2,
    body: [
      summary.element,
      noticesPart(app),
      (dropped || notKept) && h('p', { class: 'note warn' }, app.t(dropped ? 'withdrawnNow' : 'notKept')),
      h('p', { class: 'lead' }, app.t('ballotLead')),
      h(
        'form',
        { novalidate: true, autocomplete: 'off', onsubmit: submit.onsubmit },
        ...parts.map(({ element }) => element),
        submit.element,
      ),
    ],
  };
};
