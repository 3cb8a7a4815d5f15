// What an administrator may add to an announced election: a notice to everyone, and the withdrawal of an option. Below
// them, what was added so far.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { SelectField, TextArea } from '../parts/field.tsx';
import { Moment } from '../parts/moment.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { titleInEnglish } from '../words.ts';
import { languageName } from '../../../domain/text/language-name.ts';
import { mainLanguage, optionTitle, pathOf } from './draft/definition.ts';
import type { ContestDraft } from './draft/definition.ts';

type Props = { readonly election: AdministeredElection };
type DialogProps = Props & { readonly onClose: () => void };

/** The two actions, while the service accepts them. */
export function AnnotationActs({ election }: Props) {
  const [openDialog, setOpenDialog] = useState<'notice' | 'withdraw' | null>(null);
  if (election.state !== 'announced') return null;
  const close = (): void => setOpenDialog(null);
  return (
    <div class="acts">
      <button type="button" onClick={() => setOpenDialog('notice')}>
        Publish a notice
      </button>
      {election.phase === 'open' && (
        <button type="button" class="danger" onClick={() => setOpenDialog('withdraw')}>
          Withdraw an option
        </button>
      )}
      {openDialog === 'notice' && <PublishNotice election={election} onClose={close} />}
      {openDialog === 'withdraw' && <WithdrawOption election={election} onClose={close} />}
    </div>
  );
}

function PublishNotice({ election, onClose }: DialogProps) {
  const { id, definition } = election;
  const languages = Object.keys(definition.title);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    const text = Object.fromEntries(Object.entries(texts).filter(([, value]) => value.trim() !== ''));
    if (Object.keys(text).length === 0) {
      throw new Refused(422, { title: 'Enter the notice', detail: 'Write it in at least one language.' });
    }
    await callPanel('elections', `${pathOf(id)}/notices`, { method: 'POST', body: { text, reason } });
    await refresh('elections');
  });
  return (
    <ConfirmDialog title="Publish a notice" act={act} actLabel="Publish" withReason onClose={onClose}>
      <p>Everyone sees the notice on the ballot, the turnout and the result. It cannot be changed or removed.</p>
      {languages.map((tag) => (
        <TextArea
          key={tag}
          label={`Notice in ${languageName(tag)}`}
          value={texts[tag] ?? ''}
          onValue={(value) => setTexts({ ...texts, [tag]: value.replace(/\s+/gu, ' ') })}
        />
      ))}
    </ConfirmDialog>
  );
}

function WithdrawOption({ election, onClose }: DialogProps) {
  const { id, definition, participants } = election;
  const choices = definition.contests.flatMap((contest) =>
    contest.options
      .filter(({ withdrawnAt }) => withdrawnAt === undefined)
      .map((option) => {
        const name = titleInEnglish(optionTitle(option, participants));
        const text = `${titleInEnglish(contest.title)}: ${option.number}. ${name}`;
        return [`${contest.id}/${option.id}`, text] as const;
      }),
  );
  const [selection, setSelection] = useState('');
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    const [contestId, optionId] = selection.split('/');
    if (selection === '')
      throw new Refused(422, { title: 'Choose an option', detail: 'Choose the option to withdraw.' });
    const body = { contestId, optionId, reason };
    await callPanel('elections', `${pathOf(id)}/withdrawn-options`, { method: 'POST', body });
    await refresh('elections');
  });
  return (
    <ConfirmDialog
      title="Withdraw an option"
      act={act}
      actLabel="Withdraw"
      danger
      withReason
      word={id}
      onClose={onClose}
    >
      <p>
        No one can choose the option after this. Ballots that name it stay valid. The result shows its votes apart, and
        it wins nothing. This cannot be undone.
      </p>
      <SelectField
        label="Option"
        value={selection}
        onValue={setSelection}
        options={[['', 'Choose an option'], ...choices]}
      />
    </ConfirmDialog>
  );
}

/** What was added so far; nothing if there is nothing. */
export function AnnotationList({ election: { definition, participants } }: Props) {
  const { notices = [], contests } = definition;
  const withdrawals = contests.flatMap((contest) => withdrawalsOf(contest));
  const language = mainLanguage(definition);
  if (notices.length === 0 && withdrawals.length === 0) return null;
  return (
    <>
      <h2>Notices and withdrawals</h2>
      <ul>
        {notices.map(({ at, text }) => (
          <li key={at}>
            <p dir="auto">{text[language] ?? Object.values(text)[0]}</p>
            <p class="muted">
              Published <Moment at={at} />
            </p>
          </li>
        ))}
        {withdrawals.map(({ contest, option, at }) => (
          <li key={`${contest.id}/${option.id}`}>
            <p>
              {titleInEnglish(optionTitle(option, participants))} was withdrawn from “{titleInEnglish(contest.title)}”.
            </p>
            <p class="muted">
              <Moment at={at} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

const withdrawalsOf = (contest: ContestDraft) =>
  contest.options.flatMap((option) =>
    option.withdrawnAt === undefined ? [] : [{ contest, option, at: option.withdrawnAt }],
  );
