// Every text of an election in one language, next to the same text in the main language. Participants' names are edited
// on the participants page.
import { Link } from 'wouter-preact';
import { inLatin } from '../../../../../domain/serbian-script.ts';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import { TextField } from '../../../parts/field.tsx';
import { languageName } from '../../../../../domain/text/language-name.ts';
import { mainLanguage } from '../definition.ts';
import type { ElectionText } from '../../describe.ts';
import type { StepForm } from '../use-step.ts';
import { isThere, own } from './languages-form.ts';
import type { Values } from './languages-form.ts';

export function LanguageFields({
  form: { values, set },
  texts,
  saved,
  tag,
  election: { definition },
}: {
  readonly form: StepForm<Values>;
  readonly texts: readonly ElectionText[];
  /** Languages that the service has. */
  readonly saved: ReadonlySet<string>;
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
                  Use {inLatin(cyrillic)} from the Cyrillic text
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
  readonly text: ElectionText;
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
          {isNew ? 'may have a name in this language. Save to check.' : 'has no name in this language.'}
        </>
      ) : (
        <bdi lang={tag}>{name}</bdi>
      )}{' '}
      <Link href={`/participants?${search}`}>
        Edit the participant’s names<span class="unseen"> for {original}</span>
      </Link>
    </p>
  );
}
