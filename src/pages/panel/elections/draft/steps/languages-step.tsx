// Step 6: the languages of the election, the texts missing in each, and the texts of one language.
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { TextField } from '../../../parts/field.tsx';
import { languageName } from '../../../../../domain/text/language-name.ts';
import { isLanguageTag, languagesOf, mainLanguage } from '../definition.ts';
import { languageTags } from '../../../../public/languages/languages.ts';
import { textsOf } from '../../describe.ts';
import type { ElectionText } from '../../describe.ts';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { StepForm } from '../use-step.ts';
import { LanguageFields } from './language-fields.tsx';
import { isThere, languagesWork, own } from './languages-form.ts';
import type { Values } from './languages-form.ts';

export function LanguagesStep({ election, onSaved }: StepProps) {
  const form = useStep(election, languagesWork, onSaved);
  const [search, setSearch] = useSearchParams();
  const { languages } = form.values;
  const requested = search.get('language');
  const current = languages.find((tag) => tag === requested) ?? languages[1] ?? languages[0] ?? 'en';
  const texts = textsOf(election.definition, election.participants);
  // A participant may have one name for every language, so for a new language only the service knows.
  const saved = new Set(languagesOf(election.definition));
  const select = (tag: string): void => setSearch({ language: tag }, { replace: true });
  return (
    <StepFrame step="languages" election={election} form={form}>
      <LanguageChoice form={form} main={mainLanguage(election.definition)} onAdded={select} />
      <Missing form={form} texts={texts} saved={saved} current={current} onShow={select} />
      <LanguageFields form={form} texts={texts} saved={saved} tag={current} election={election} />
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
  const offered = [...new Set([...values.languages, ...languageTags])];
  const add = (tag: string): void => {
    if (!values.languages.includes(tag)) set({ languages: [...values.languages, tag] });
    onAdded(tag);
  };
  return (
    <fieldset>
      <legend>Languages</legend>
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
            {!(languageTags as readonly string[]).includes(tag) && (
              <span class="muted"> (other parts of the page use another language)</span>
            )}
          </label>
        </div>
      ))}
      <TextField
        label="Another language"
        hint="Enter a language tag, for example hu or ar."
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
        Add language
      </button>
    </fieldset>
  );
}

type TextsProps = Props & { readonly texts: readonly ElectionText[]; readonly saved: ReadonlySet<string> };

function Missing({
  form: { values },
  texts,
  saved,
  current,
  onShow,
}: TextsProps & {
  readonly current: string;
  readonly onShow: (tag: string) => void;
}) {
  return (
    <div class="table" role="region" aria-label="Missing texts" tabIndex={0}>
      <table>
        <caption>Missing texts</caption>
        <thead>
          <tr>
            <th scope="col">Language</th>
            <th scope="col" class="number">
              Texts
            </th>
            <th scope="col">Missing texts</th>
            <th scope="col">
              <span class="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {values.languages.map((tag) => {
            const required = texts.filter((text) => own(text) || saved.has(tag));
            const missing = required.filter((text) => !isThere(values, text, tag));
            return (
              <tr key={tag}>
                <th scope="row">{languageName(tag)}</th>
                <td data-head="Texts" class="number">
                  {required.length - missing.length} of {required.length}
                </td>
                <td data-head="Missing">
                  {missing.length === 0 ? 'None' : missing.map(({ label }) => label).join('; ')}
                </td>
                <td>
                  <button type="button" class="small" aria-pressed={tag === current} onClick={() => onShow(tag)}>
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
