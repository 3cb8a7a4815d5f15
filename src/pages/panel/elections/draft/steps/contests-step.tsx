// Step 3: the questions, and the options in ballot order. Buttons move them.
import { contestsMax, optionsMax } from '../../../../../domain/election.ts';
import { isSeatMethod } from '../../../../../domain/counting/method-table.ts';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import { TextField } from '../../../parts/field.tsx';
import { contestFaults, moved, readContests, writeContests } from '../contest-form.ts';
import type { ContestForm } from '../contest-form.ts';
import { languageName } from '../../../../../domain/text/language-name.ts';
import { mainLanguage } from '../definition.ts';
import { DrawLots } from '../../draw-lots.tsx';
import { ManyOptions } from '../many-options.tsx';
import { OptionList } from '../option-list.tsx';
import { ParticipantPicker } from '../participant-picker.tsx';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { freshId } from '../suggestions.ts';
import { fieldId, useStep } from '../use-step.ts';
import type { StepWork } from '../use-step.ts';

type Values = { readonly contests: readonly ContestForm[] };
const work: StepWork<Values> = {
  name: 'contests',
  read: (election) => ({ contests: readContests(election) }),
  write: ({ contests }, definition, { state }) => writeContests(contests, definition, state === 'draft'),
  check: ({ contests }) => contestFaults(contests),
};

export function ContestsStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { contests } = form.values;
  const setContests = (next: readonly ContestForm[]): void => form.set({ contests: next });
  const setOne = (index: number, changes: Partial<ContestForm>): void =>
    setContests(contests.map((each, at) => (at === index ? { ...each, ...changes } : each)));
  const add = (): void => {
    const id = freshId('new', new Set(contests.map((contest) => contest.id)));
    setContests([...contests, { id, isNew: true, title: '', options: [], orderSeed: null }]);
  };
  return (
    <StepFrame step="contests" election={election} form={form}>
      <p class="hint">
        Texts are in {languageName(mainLanguage(election.definition))}. You can add other languages in step 6. The
        numbers appear on the ballot.
      </p>
      {contests.map((contest, index) => (
        <ContestFields
          key={contest.id}
          {...{ contest, index, election }}
          of={contests.length}
          faultAt={form.faultAt}
          onChange={(changes) => setOne(index, changes)}
          onMove={(to) => setContests(moved(contests, index, to))}
          onRemove={() => setContests(contests.filter((_, at) => at !== index))}
        />
      ))}
      {contests.length < contestsMax && (
        <button type="button" onClick={add}>
          Add a contest
        </button>
      )}
    </StepFrame>
  );
}

type ContestProps = {
  readonly contest: ContestForm;
  readonly index: number;
  readonly of: number;
  readonly election: AdministeredElection;
  readonly faultAt: (path: string) => string | undefined;
  readonly onChange: (changes: Partial<ContestForm>) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
};

function ContestFields({ contest, index, of, election, faultAt, onChange, onMove, onRemove }: ContestProps) {
  const path = `contests/${index}`;
  const main = mainLanguage(election.definition);
  const rule = election.definition.contests.find(({ id }) => id === contest.id);
  const sharesSeats = rule !== undefined && isSeatMethod(rule.method);
  const { options } = contest;
  return (
    <section class="contest" aria-labelledby={`${path}-h`}>
      <ContestHead id={`${path}-h`} {...{ index, of, onMove, onRemove }} />
      <TextField
        label="Contest title"
        id={fieldId(`${path}/title`)}
        value={contest.title}
        {...(contest.example && { hint: exampleText([contest.example.title]) })}
        onValue={(title) => onChange({ title })}
        fault={faultAt(`${path}/title`)}
        lang={main}
        dir="auto"
      />
      {contest.example !== undefined && contest.example.options.length > 0 && (
        <p class="hint">Options: {exampleText(contest.example.options)}</p>
      )}
      <OptionList
        {...{ contest, path, faultAt, language: main }}
        onChange={(next, keepsOrder) => onChange({ options: next, ...(!keepsOrder && { orderSeed: null }) })}
      />
      {options.length < optionsMax && <AddOptions {...{ options, index, main, sharesSeats, onChange }} />}
      <DrawLots
        ids={options.map(({ id }) => id)}
        seed={contest.orderSeed}
        onDraw={(order, orderSeed) =>
          onChange({ options: order.flatMap((id) => options.filter((option) => option.id === id)), orderSeed })
        }
      />
    </section>
  );
}

function AddOptions({
  options,
  index,
  main,
  sharesSeats,
  onChange,
}: Pick<ContestForm, 'options'> &
  Pick<ContestProps, 'index' | 'onChange'> & { readonly main: string; readonly sharesSeats: boolean }) {
  const add = (more: ContestForm['options']): void => onChange({ options: [...options, ...more], orderSeed: null });
  /** In place of the empty fields. */
  const addFilled = (more: ContestForm['options']): void =>
    onChange({
      options: [
        ...options.filter(({ participantId, text }) => participantId !== undefined || text.trim() !== ''),
        ...more,
      ],
      orderSeed: null,
    });
  const addEmpty = (): void =>
    add([{ id: freshId('option', new Set(options.map(({ id }) => id))), was: null, text: '' }]);
  const addTexts = (texts: readonly string[]): void => {
    const usedIds = new Set(options.map(({ id }) => id));
    addFilled(
      texts.map((text) => {
        const id = freshId('option', usedIds);
        usedIds.add(id);
        return { id, was: null, text };
      }),
    );
  };
  return (
    <>
      <button type="button" onClick={addEmpty}>
        Add a text option
      </button>
      <ManyOptions question={index + 1} room={optionsMax - options.length} onAdd={addTexts} />
      <ParticipantPicker
        kind={sharesSeats ? 'party' : null}
        language={main}
        usedIds={new Set(options.flatMap(({ participantId }) => participantId ?? []))}
        onPick={(picked) => addFilled(picked.map(({ id, name }) => ({ id, was: null, text: name, participantId: id })))}
      />
    </>
  );
}

/** Such as: For example “Candidate 1”, “Candidate 2”. */
const exampleText = (examples: readonly string[]): string =>
  `For example ${examples.map((example) => `“${example}”`).join(', ')}.`;

function ContestHead({
  id,
  index,
  of,
  onMove,
  onRemove,
}: Pick<ContestProps, 'index' | 'of' | 'onMove' | 'onRemove'> & { readonly id: string }) {
  const number = index + 1;
  const move = (by: -1 | 1): void => {
    if (index + by >= 0 && index + by < of) onMove(index + by);
  };
  return (
    <div class="head">
      <h2 id={id}>Contest {number}</h2>
      {of > 1 && (
        <div class="acts">
          <button type="button" class="small" aria-disabled={index === 0} onClick={() => move(-1)}>
            Move up<span class="unseen"> contest {number}</span>
          </button>
          <button type="button" class="small" aria-disabled={number === of} onClick={() => move(1)}>
            Move down<span class="unseen"> contest {number}</span>
          </button>
          <button type="button" class="small" onClick={onRemove}>
            Remove<span class="unseen"> contest {number}</span>
          </button>
        </div>
      )}
    </div>
  );
}
