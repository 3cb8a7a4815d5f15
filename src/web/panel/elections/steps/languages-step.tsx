// Step 6: the languages of the election, what is missing in each, and every text of one language at a time.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import { inLatin } from '../../../../domain/serbian-script.ts';
import type { AdministeredElection } from '../../../../protocol/elections-api.ts';
import { TextField } from '../../parts/field.tsx';
import { isLanguageTag, languageName, languagesOf, mainLanguage, voterLanguages } from '../definition.ts';
import type { Contest, Definition } from '../definition.ts';
import { textsOf } from '../describe.ts';
import type { WrittenText } from '../describe.ts';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { StepForm, StepWork } from '../use-step.ts';

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Values = {
  readonly languages: readonly string[];
  /** By the key of the text, then by language, as typed. */
  readonly texts: Texts;
};

const own = (text: WrittenText): boolean => text.participantId === undefined;

const work: StepWork<Values> = {
  name: 'languages',
  read: ({ definition, participants }) => ({
    languages: languagesOf(definition),
    texts: Object.fromEntries(
      textsOf(definition, participants)
        .filter(own)
        .map(({ key, title }) => [key, { ...title }]),
    ),
  }),
  write: (values, definition): Partial<Definition> => ({
    title: titleOf(values, 'title', definition.title),
    contests: definition.contests.map((contest) => writeContest(values, contest)),
  }),
  // The service knows a language by its texts.
  check: ({ languages, texts }) =>
    languages
      .filter((tag) => Object.values(texts).every((text) => (text[tag] ?? '').trim() === ''))
      .map((tag) => ({
        path: `languages/${tag}`,
        detail: `Write at least one text in ${languageName(tag)}, or take the language away.`,
      })),
};

const writeContest = (values: Values, contest: Contest): Contest => ({
  ...contest,
  title: titleOf(values, contest.id, contest.title),
  options: contest.options.map((option) =>
    option.title === undefined
      ? option
      : { ...option, title: titleOf(values, `${contest.id}/${option.id}`, option.title) },
  ),
});

/** What was typed, in the languages that stay; what is empty is missing. A text that is new stays as it is. */
function titleOf({ languages, texts }: Values, key: string, before: Definition['title']): Definition['title'] {
  const typed = texts[key];
  if (typed === undefined) return before;
  const entries = languages.flatMap((tag) => ((typed[tag] ?? '').trim() === '' ? [] : [[tag, typed[tag] ?? '']]));
  return entries.length === 0 ? before : (Object.fromEntries(entries) as Definition['title']);
}

export function LanguagesStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const [search, setSearch] = useSearchParams();
  const { languages } = form.values;
  const asked = search.get('language');
  const shown = languages.find((tag) => tag === asked) ?? languages[1] ?? languages[0] ?? 'en';
  const texts = textsOf(election.definition, election.participants);
  // A participant may have one name for every language: of a language that is new, only the service knows.
  const saved = new Set(languagesOf(election.definition));
  const select = (tag: string): void => setSearch({ language: tag }, { replace: true });
  return (
    <StepFrame step="languages" election={election} form={form}>
      <LanguageChoice form={form} main={mainLanguage(election.definition)} onAdded={select} />
      <Missing form={form} texts={texts} saved={saved} shown={shown} onShow={select} />
      <TextsOfLanguage form={form} texts={texts} saved={saved} tag={shown} election={election} />
    </StepFrame>
  );
}

type Props = { readonly form: StepForm<Values> };

function LanguageChoice({
  form: { values, set },
  main,
  onAdded,
}: Props & { readonly main: string; readonly onAdded: (tag: string) => void }) {
  const [other, setOther] = useState('');
  const [fault, setFault] = useState<string>();
  const offered = [...new Set([...values.languages, ...voterLanguages])];
  const add = (tag: string): void => {
    if (!values.languages.includes(tag)) set({ languages: [...values.languages, tag] });
    onAdded(tag);
  };
  return (
    <fieldset>
      <legend>Languages of this election</legend>
      {offered.map((tag) => (
        <div class="check" key={tag}>
          <input
            type="checkbox"
            id={fieldId(`languages/${tag}`)}
            checked={values.languages.includes(tag)}
            disabled={tag === main}
            onChange={(event) =>
              event.currentTarget.checked
                ? add(tag)
                : set({ languages: values.languages.filter((each) => each !== tag) })
            }
          />
          <label for={fieldId(`languages/${tag}`)}>
            {languageName(tag)} {tag === main && <span class="muted">(the main language)</span>}
            {!(voterLanguages as readonly string[]).includes(tag) && (
              <span class="muted"> (voters see the rest of the page in another one)</span>
            )}
          </label>
        </div>
      ))}
      <TextField
        label="Another language"
        hint="Its tag, such as hu or ar."
        class="short"
        value={other}
        onValue={setOther}
        fault={fault}
        autocomplete="off"
      />
      <button
        type="button"
        class="small"
        onClick={() => {
          const fits = isLanguageTag(other.trim());
          setFault(fits ? undefined : 'Enter a language tag such as hu or zh-Hans.');
          if (!fits) return;
          add(other.trim());
          setOther('');
        }}
      >
        Add it
      </button>
    </fieldset>
  );
}

const isThere = ({ texts }: Values, text: WrittenText, tag: string): boolean =>
  ((own(text) ? texts[text.key]?.[tag] : text.title[tag]) ?? '').trim() !== '';

type TextsProps = Props & { readonly texts: readonly WrittenText[]; readonly saved: ReadonlySet<string> };

function Missing({
  form: { values },
  texts,
  saved,
  shown,
  onShow,
}: TextsProps & {
  readonly shown: string;
  readonly onShow: (tag: string) => void;
}) {
  return (
    <div class="table" role="region" aria-label="What is missing" tabIndex={0}>
      <table>
        <caption>What is missing</caption>
        <thead>
          <tr>
            <th scope="col">Language</th>
            <th scope="col" class="number">
              Texts
            </th>
            <th scope="col">Missing</th>
            <th scope="col">
              <span class="unseen">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {values.languages.map((tag) => {
            const asked = texts.filter((text) => own(text) || saved.has(tag));
            const missing = asked.filter((text) => !isThere(values, text, tag));
            return (
              <tr key={tag}>
                <th scope="row">{languageName(tag)}</th>
                <td data-head="Texts" class="number">
                  {asked.length - missing.length} of {asked.length}
                </td>
                <td data-head="Missing">
                  {missing.length === 0 ? 'Nothing' : missing.map(({ label }) => label).join('; ')}
                </td>
                <td>
                  <button type="button" class="small" aria-pressed={tag === shown} onClick={() => onShow(tag)}>
                    Write<span class="unseen"> {languageName(tag)}</span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function TextsOfLanguage({
  form: { values, set },
  texts,
  saved,
  tag,
  election: { definition },
}: TextsProps & {
  readonly tag: string;
  readonly election: AdministeredElection;
}) {
  const main = mainLanguage(definition);
  const setText = (key: string, text: string): void =>
    set({ texts: { ...values.texts, [key]: { ...values.texts[key], [tag]: text } } });
  return (
    <section aria-labelledby="texts-title">
      <h2 id="texts-title">Texts in {languageName(tag)}</h2>
      {texts.map((text) => {
        const original = own(text) ? values.texts[text.key]?.[main] : text.title[main];
        if (!own(text))
          return (
            <ParticipantText key={text.key} {...{ text, tag }} isNew={!saved.has(tag)} original={original ?? ''} />
          );
        const cyrillic = values.texts[text.key]?.['sr-Cyrl'] ?? '';
        const empty = !isThere(values, text, tag);
        return (
          <div key={text.key}>
            <TextField
              label={text.label}
              {...(tag !== main && original !== undefined && { hint: <bdi lang={main}>{original}</bdi> })}
              value={values.texts[text.key]?.[tag] ?? ''}
              onValue={(typed) => setText(text.key, typed)}
              lang={tag}
              dir="auto"
            />
            {tag === 'sr-Latn' && empty && cyrillic !== '' && (
              <p>
                <button type="button" class="small" onClick={() => setText(text.key, inLatin(cyrillic))}>
                  Take {inLatin(cyrillic)} from the Cyrillic
                </button>
              </p>
            )}
          </div>
        );
      })}
    </section>
  );
}

function ParticipantText({
  text,
  tag,
  isNew,
  original,
}: {
  readonly text: WrittenText;
  readonly tag: string;
  readonly isNew: boolean;
  readonly original: string;
}) {
  const name = text.title[tag];
  const search = new URLSearchParams({ search: original }).toString();
  return (
    <p class="field">
      <strong>{text.label}</strong>:{' '}
      {name === undefined ? (
        <>
          <bdi>{original}</bdi>{' '}
          {isNew ? 'may have a name in this language: that shows once you save.' : 'has no name in this language.'}
        </>
      ) : (
        <bdi lang={tag}>{name}</bdi>
      )}{' '}
      <Link href={`/participants?${search}`}>
        Change the participant’s names<span class="unseen"> of {original}</span>
      </Link>
    </p>
  );
}
