// The options of a contest, numbered as on the ballot. After a move the focus stays on the option, so that it can be
// moved again.
import { useEffect, useRef, useState } from 'preact/hooks';
import { moved } from './contest-form.ts';
import type { ContestForm, OptionForm } from './contest-form.ts';
import { fieldId } from './use-step.ts';

type Props = {
  readonly contest: ContestForm;
  /** `contests/0` */
  readonly path: string;
  readonly language: string;
  readonly faultAt: (path: string) => string | undefined;
  /** `keepsOrder`: only texts changed, not the options or their places. */
  readonly onChange: (options: readonly OptionForm[], keepsOrder: boolean) => void;
};

export function OptionList({ contest: { options }, path, language, faultAt, onChange }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [focus, setFocus] = useState<{ readonly id: string; readonly button: 'up' | 'down' }>();
  const [announcement, setAnnouncement] = useState('');
  useEffect(() => {
    if (focus === undefined) return;
    const row = list.current?.querySelector(`[data-option="${CSS.escape(focus.id)}"]`);
    row?.querySelector<HTMLElement>(`[data-move="${focus.button}"]`)?.focus();
  }, [focus]);
  const move = (from: number, to: number, button: 'up' | 'down'): void => {
    const option = options[from];
    if (option === undefined || to < 0 || to >= options.length) return;
    onChange(moved(options, from, to), false);
    setFocus({ id: option.id, button });
    setAnnouncement(`${option.text} is now number ${to + 1}.`);
  };
  return (
    <fieldset id={fieldId(`${path}/options`)}>
      <legend>Options in ballot order</legend>
      {faultAt(`${path}/options`) !== undefined && <p class="fault">{faultAt(`${path}/options`)}</p>}
      {faultAt(`${path}/orderSeed`) !== undefined && <p class="fault">{faultAt(`${path}/orderSeed`)}</p>}
      {options.length === 0 && <p class="hint">No options yet.</p>}
      <ol class="options" ref={list}>
        {options.map((option, index) => (
          <OptionRow
            key={option.id}
            {...{ option, index, language }}
            path={`${path}/options/${index}`}
            fault={faultAt(`${path}/options/${index}`) ?? faultAt(`${path}/options/${index}/participantId`)}
            onText={(text) =>
              onChange(
                options.map((each, at) => (at === index ? { ...each, text } : each)),
                true,
              )
            }
            onMove={(by, button) => move(index, index + by, button)}
            onRemove={() => {
              onChange(
                options.filter((_, at) => at !== index),
                false,
              );
              setAnnouncement(`${option.text} was removed.`);
            }}
          />
        ))}
      </ol>
      <p role="status" class="unseen">
        {announcement}
      </p>
    </fieldset>
  );
}

type RowProps = {
  readonly option: OptionForm;
  readonly index: number;
  readonly path: string;
  readonly language: string;
  readonly fault: string | undefined;
  readonly onText: (text: string) => void;
  readonly onMove: (by: -1 | 1, button: 'up' | 'down') => void;
  readonly onRemove: () => void;
};

function OptionRow({ option, index, path, language, fault, onText, onMove, onRemove }: RowProps) {
  const number = index + 1;
  return (
    <li data-option={option.id} id={fieldId(path)} class={fault === undefined ? undefined : 'wrong'}>
      <span class="ballot-number" aria-hidden="true">
        {number}
      </span>
      <div class="option-text">
        {fault !== undefined && <p class="fault">{fault}</p>}
        {option.participantId === undefined ? (
          <input
            aria-label={`Option ${number}`}
            aria-invalid={fault !== undefined}
            value={option.text}
            lang={language}
            dir="auto"
            onInput={(event) => onText(event.currentTarget.value)}
          />
        ) : (
          <bdi>{option.text}</bdi>
        )}
      </div>
      <div class="option-acts">
        <button type="button" class="small" data-move="up" onClick={() => onMove(-1, 'up')}>
          Move up<span class="unseen"> option {number}</span>
        </button>
        <button type="button" class="small" data-move="down" onClick={() => onMove(1, 'down')}>
          Move down<span class="unseen"> option {number}</span>
        </button>
        <button type="button" class="small" onClick={onRemove}>
          Remove<span class="unseen"> option {number}</span>
        </button>
      </div>
    </li>
  );
}
