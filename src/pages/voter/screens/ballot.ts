// Step 2: the ballot. A short one is on one page; a long one has a question a screen, each with its place in the history.
// From the check of the choices a single question opens, and leads straight back. Nothing is sent and nothing is stored
// while the voter chooses.
import type { Contest } from '../../../domain/election.ts';
import { h } from '../../shared/dom.ts';
import type { Screen } from '../app.ts';
import { contestChoices } from '../ballot/contest-choices.ts';
import { errorSummary } from '../field.ts';
import { isAnswered, keep } from '../memory.ts';
import type { Memory } from '../memory.ts';
import { noticesPart } from '../notices.ts';
import { submitter } from '../submitter.ts';

/** Most questions, and most options in all, that are on one page. */
const questionsMax = 3;
const optionsMax = 10;

/** Whether the ballot has a question a screen. */
const isLong = (contests: readonly Contest[]): boolean =>
  contests.length > questionsMax ||
  (contests.length > 1 && contests.reduce((sum, { options }) => sum + options.length, 0) > optionsMax);

/** The question with which the ballot opens: the first one that lacks an answer. Undefined for all of them. */
export function firstQuestion({ election, choices }: Memory): number | undefined {
  const contests = election?.contests ?? [];
  if (!isLong(contests)) return undefined;
  return Math.max(0, choices.size > 0 ? contests.findIndex((contest) => !isAnswered(contest, choices)) : 0);
}

export const ballotScreen: Screen = (app) => {
  const { memory, go } = app;
  const { election, vote, choices, checked, question: at } = memory;
  if (!election) return { title: app.t('loading'), body: [] };
  const { contests } = election;
  const of = contests.length;
  const last = at === undefined || at === of - 1;
  const parts = contests.flatMap((contest, index) =>
    at === undefined || at === index ? contestChoices(app, contest, { index, of, alone: at !== undefined }) : [],
  );
  const summary = errorSummary(app);
  const dropped = memory.choiceDropped;
  const notKept = vote.sawBallot === true && choices.size === 0 && !at;
  if (vote.sawBallot !== true) keep(memory, { sawBallot: true });
  const faultsNow = () => parts.flatMap((part) => part.showFault() ?? []);
  const label = checked ? 'backToCheck' : last ? 'toReview' : 'continue';
  const goOn = (): void => {
    const faults = faultsNow();
    summary.show(faults);
    if (faults.length > 0) return;
    memory.choiceDropped = false;
    if (checked || last) go('review');
    else go('ballot', at + 1);
  };
  // eslint-disable-next-line @typescript-eslint/require-await -- nothing is sent here
  const submit = submitter(app, app.t(label), async () => goOn());
  const onchange = (): void => {
    // The summary leaves when everything that it lists is corrected.
    if (!summary.element.hidden && faultsNow().length === 0) summary.show([]);
  };
  return {
    title: at === undefined || of === 1 ? app.t('ballotTitle') : app.t('question', { n: at + 1, of }),
    step: 2,
    ...(checked ? { back: goOn } : at ? { back: () => go('ballot', at - 1) } : {}),
    body: [
      summary.element,
      noticesPart(app),
      (dropped || notKept) && h('p', { class: 'note warn' }, app.t(dropped ? 'withdrawnNow' : 'notKept')),
      !at && h('p', { class: 'lead' }, app.t('ballotLead')),
      h(
        'form',
        { novalidate: true, autocomplete: 'off', onsubmit: submit.onsubmit, onchange },
        ...parts.map(({ element }) => element),
        submit.element,
      ),
    ],
  };
};
