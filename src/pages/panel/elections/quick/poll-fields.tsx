// The options of a poll, and who can vote in it.
import { fieldId } from '../draft/use-step.ts';
import { identitySchemeNames } from '../describe.ts';
import type { PollForm, PollScheme } from './quick-poll.ts';

type Props = {
  readonly poll: PollForm;
  readonly set: (changes: Partial<PollForm>) => void;
  readonly faultAt: (path: string) => string | undefined;
};

const schemes: readonly PollScheme[] = ['phone-only', 'hkid', 'jmbg'];

/** There is always an empty field for one more option. */
export function PollOptions({ poll: { options, language }, set, faultAt }: Props) {
  const fault = faultAt('options');
  const change = (at: number, text: string): void => {
    const next = options.map((option, place) => (place === at ? text : option));
    set({ options: next.at(-1) === '' ? next : [...next, ''] });
  };
  return (
    <fieldset id={fieldId('options')}>
      <legend>Options</legend>
      {fault !== undefined && <p class="fault">{fault}</p>}
      {options.map((option, at) => (
        <div class="field" key={at}>
          <input
            aria-label={`Option ${at + 1}`}
            value={option}
            lang={language}
            dir="auto"
            onInput={(event) => change(at, event.currentTarget.value)}
          />
        </div>
      ))}
    </fieldset>
  );
}

export function PollVoters({ poll: { scheme }, set, faultAt }: Props) {
  const fault = faultAt('scheme');
  return (
    <fieldset id={fieldId('scheme')}>
      <legend>Who can vote</legend>
      {fault !== undefined && <p class="fault">{fault}</p>}
      {schemes.map((each) => (
        <div class="check" key={each}>
          <input
            type="radio"
            name="scheme"
            id={`poll-${each}`}
            checked={scheme === each}
            onChange={() => set({ scheme: each })}
          />
          <label for={`poll-${each}`}>{identitySchemeNames[each]}</label>
        </div>
      ))}
    </fieldset>
  );
}
