// The names of a participant: one for every language, or one per language.
import type { Participant, ParticipantName } from '../../../protocol/control/participants-api.ts';
import { TextField } from '../parts/field.tsx';
import { languageName } from '../../../domain/text/language-name.ts';
import { languageTags } from '../../public/languages/languages.ts';

/** Most characters of a name: the limit of the service. */
const nameCharactersMax = 256;

export function NamesOf({ name }: { readonly name: Participant['name'] }) {
  if (typeof name === 'string') return <bdi>{name}</bdi>;
  const missing = languageTags.filter((tag) => name[tag] === undefined);
  return (
    <>
      {Object.entries(name).map(([tag, text]) => (
        <span key={tag} class="name-line">
          <bdi lang={tag}>{text}</bdi> <span class="muted">{languageName(tag)}</span>
        </span>
      ))}
      {missing.length > 0 && <span class="muted name-line">Not in {missing.map(languageName).join(', ')}</span>}
    </>
  );
}

/** As strings from the fields. */
export type TypedNames = {
  readonly byLanguage: boolean;
  readonly one: string;
  readonly names: Readonly<Record<string, string>>;
};

export function typedNamesOf(name: Participant['name'] | null): TypedNames {
  if (name === null) return { byLanguage: false, one: '', names: {} };
  if (typeof name === 'string') return { byLanguage: false, one: name, names: {} };
  return { byLanguage: true, one: Object.values(name)[0] ?? '', names: name };
}

/** The names for the request, or the fault. */
export function namesFromFields({ byLanguage, one, names }: TypedNames): { name: ParticipantName } | { fault: string } {
  const texts = byLanguage ? Object.values(names).filter((text) => text.trim() !== '') : [one];
  if (texts.every((text) => text.trim() === '')) return { fault: 'Enter a name.' };
  if (texts.some((text) => Array.from(text.trim()).length > nameCharactersMax))
    return { fault: `Use ${nameCharactersMax} characters or fewer.` };
  if (!byLanguage) return { name: one.trim() };
  return { name: Object.fromEntries(Object.entries(names).filter(([, text]) => text.trim() !== '')) };
}

export function NameFields({
  value,
  onValue,
  fault,
}: {
  readonly value: TypedNames;
  readonly onValue: (value: TypedNames) => void;
  readonly fault: string | undefined;
}) {
  const tags = [...new Set([...languageTags, ...Object.keys(value.names)])];
  const filledCount = tags.filter((tag) => (value.names[tag] ?? '').trim() !== '').length;
  const ways = [
    [false, 'One name for every language'],
    [true, 'A name for each language'],
  ] as const;
  return (
    <>
      <fieldset>
        <legend>Name by language</legend>
        {ways.map(([byLanguage, label]) => (
          <div class="check" key={label}>
            <input
              type="radio"
              name="by-language"
              id={`by-language-${byLanguage}`}
              checked={value.byLanguage === byLanguage}
              onChange={() => onValue({ ...value, byLanguage })}
            />
            <label for={`by-language-${byLanguage}`}>{label}</label>
          </div>
        ))}
      </fieldset>
      {!value.byLanguage && (
        <TextField
          label="Name"
          value={value.one}
          onValue={(one) => onValue({ ...value, one })}
          fault={fault}
          dir="auto"
        />
      )}
      {value.byLanguage && (
        <>
          <p class="hint">
            {filledCount} of {tags.length} languages have a name. For the others, voters see another language.
          </p>
          {tags.map((tag, index) => (
            <TextField
              key={tag}
              label={languageName(tag)}
              value={value.names[tag] ?? ''}
              onValue={(text) => onValue({ ...value, names: { ...value.names, [tag]: text } })}
              fault={index === 0 ? fault : undefined}
              lang={tag}
              dir="auto"
            />
          ))}
        </>
      )}
    </>
  );
}
