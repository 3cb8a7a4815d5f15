// A poll on one page: title, question, options, who can vote and for how long. It is announced at once, or continued in the
// seven steps.
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { proposalSeconds } from '../../../../domain/two-people.ts';
import { callPanel, Refused } from '../../calls.ts';
import { CheckField, SelectField, TextField } from '../../parts/field.tsx';
import { PageShell } from '../../parts/page.tsx';
import { RehearsalBand } from '../../parts/state-tag.tsx';
import { useSecondPerson } from '../../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../../remote.ts';
import { ownZone } from '../../session/own-zone.ts';
import { languageTags } from '../../../public/languages/languages.ts';
import { languageName } from '../../../../domain/text/language-name.ts';
import { addressOf, pathOf } from '../draft/definition.ts';
import { OrganiserField, useLastOrganiser } from '../draft/organiser-field.tsx';
import { ResultHoursField } from '../draft/result-hours-field.tsx';
import { shortNameOf, suggestedResultHours } from '../draft/suggestions.ts';
import { fieldId, refusedHere } from '../draft/use-step.ts';
import { ElectionRejection } from '../election-rejection.tsx';
import { PollOptions, PollVoters } from './poll-fields.tsx';
import { pollElection, pollFaults, pollLengths, titleOfPoll } from './quick-poll.ts';
import type { PollForm, PollGoal } from './quick-poll.ts';

const emptyPoll: Typed = {
  title: '',
  question: '',
  organiser: null,
  options: ['', ''],
  scheme: null,
  hours: '',
  resultHours: suggestedResultHours,
  rehearsal: false,
  language: 'en',
};

/** The organiser is null until it is typed: then it is that of the newest election. */
type Typed = Omit<PollForm, 'organiser'> & { readonly organiser: string | null };

export function QuickPollPage() {
  const [search] = useSearchParams();
  const [typed, setTyped] = useState<Typed>({ ...emptyPoll, rehearsal: search.has('rehearsal') });
  const set = (changes: Partial<PollForm>): void => setTyped({ ...typed, ...changes });
  const lastOrganiser = useLastOrganiser(typed.language);
  const poll: PollForm = { ...typed, organiser: typed.organiser ?? lastOrganiser };
  const proposes = useSecondPerson(poll.rehearsal);
  const [, go] = useLocation();
  const refresh = useRefresh();
  const create = async (goal: PollGoal): Promise<string> => {
    const faults = pollFaults(poll, goal);
    if (faults.length > 0) throw refusedHere(faults);
    if (proposes === undefined) throw new Refused(503, { title: 'Try again', detail: peopleUnknown });
    return createPoll(poll, proposes);
  };
  const act = useAct(async (goal: PollGoal) => {
    const id = await create(goal);
    try {
      if (goal === 'announce') await callPanel('elections', `${pathOf(id)}/announce`, { method: 'POST' });
    } catch (error) {
      // The draft is there, and the last step says what is missing.
      if (error instanceof Refused) go(`${addressOf(id)}/edit/check`);
      else go(addressOf(id));
      throw error;
    } finally {
      await refresh('elections');
    }
    go(goal === 'announce' ? addressOf(id) : `${addressOf(id)}/edit`);
  });
  const faultAt = (path: string): string | undefined =>
    act.rejection?.problem.errors?.find((fault) => fault.path === `body/${path}`)?.detail;
  return (
    <PageShell title="Quick poll" rehearsal={poll.rehearsal}>
      {poll.rehearsal && <RehearsalBand />}
      <p class="muted">
        One question, online. For more questions, dates, paper ballots or a roll,{' '}
        <Link href="/elections/new">create an election</Link>.
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void act.run('announce');
        }}
      >
        <ElectionRejection rejection={act.rejection} electionId="" step="name" />
        <PollFields {...{ poll, set, faultAt }} />
        <p class="note">
          {proposes === true
            ? `Another administrator must confirm the announcement within ${proposalHours} hours. Voting opens after that time. `
            : 'Voting opens when you announce the poll. After that you can only change the end. '}
          You cannot delete an announced poll.
        </p>
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            {proposes === true ? 'Propose the poll' : 'Announce the poll'}
          </button>
          <button type="button" aria-disabled={act.busy} onClick={() => void act.run('steps')}>
            More settings
          </button>
          <Link href="/elections">Cancel</Link>
          {act.busy && <span role="status">Working…</span>}
        </div>
      </form>
    </PageShell>
  );
}

const proposalHours = proposalSeconds / 3_600;
const peopleUnknown =
  'The page does not know yet whether another administrator must confirm this. Nothing was changed.';

/** Creates the draft under a short name from its title, which gets the time where the title was used before. */
async function createPoll(poll: PollForm, proposes: boolean): Promise<string> {
  const stem = shortNameOf(titleOfPoll(poll)) || 'poll';
  const create = async (id: string): Promise<string> => {
    const body = pollElection(poll, { id, timeZone: ownZone, proposes }, Date.now());
    await callPanel('elections', '/v1/elections', { method: 'POST', body });
    return id;
  };
  try {
    return await create(stem);
  } catch (error) {
    if (!(error instanceof Refused && error.is('conflict'))) throw error;
    return create(`${stem}-${Date.now().toString(36)}`);
  }
}

type PollFieldsProps = {
  readonly poll: PollForm;
  readonly set: (changes: Partial<PollForm>) => void;
  readonly faultAt: (path: string) => string | undefined;
};

function PollFields({ poll, set, faultAt }: PollFieldsProps) {
  const text = (name: 'title' | 'question', label: string, hint: string) => (
    <TextField
      {...{ label, hint }}
      id={fieldId(name)}
      value={poll[name]}
      onValue={(value) => set({ [name]: value })}
      fault={faultAt(name)}
      lang={poll.language}
      dir="auto"
    />
  );
  return (
    <>
      {text('title', 'Title', 'Voters see this title. Leave it empty to use the question.')}
      {text('question', 'Question', 'For example “Should the library open on Sundays?”')}
      <SelectField
        label="Language"
        value={poll.language}
        onValue={(language) => set({ language })}
        options={languageTags.map((tag) => [tag as string, languageName(tag)] as const)}
      />
      <PollOptions {...{ poll, set, faultAt }} />
      <PollVoters {...{ poll, set, faultAt }} />
      <SelectField
        label="Voting is open for"
        id={fieldId('hours')}
        value={poll.hours}
        onValue={(hours) => set({ hours })}
        options={pollLengths}
        fault={faultAt('hours')}
      />
      <ResultHoursField hours={poll.resultHours} timeZone={ownZone} onHours={(resultHours) => set({ resultHours })} />
      <OrganiserField
        value={poll.organiser}
        onValue={(organiser) => set({ organiser })}
        fault={faultAt('organiser')}
        rehearsal={poll.rehearsal}
        language={poll.language}
      />
      <CheckField
        label="This is a rehearsal"
        hint="Everything works as in a real election, but no vote counts."
        checked={poll.rehearsal}
        onValue={(rehearsal) => set({ rehearsal })}
      />
    </>
  );
}
