// Adds many participants from pasted lines, one name per line: a preview first, then one request after another. Names
// that were not added stay in the field, with the reason.
import { useState } from 'preact/hooks';
import type { Participant, ParticipantRequest } from '../../../protocol/control/participants-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { CheckField, SelectField, TextArea } from '../parts/field.tsx';
import { linesOf } from '../parts/text-lines.ts';
import { useAct, useRefresh } from '../remote.ts';
import { countText } from '../words.ts';

/** Most lines at once. */
const linesMax = 500;
/** Lines in the preview. */
const previewLinesMax = 20;
const nameCharactersMax = 256;

type Outcome = {
  readonly added: number;
  readonly remaining: readonly { readonly name: string; readonly why: string }[];
};

export function AddMany({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<Participant['kind']>('party');
  const [allowSameName, setAllow] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const refresh = useRefresh();
  const lines = linesOf(text);
  const act = useAct(async () => {
    const fault = faultOf(lines);
    if (fault !== null) throw new Refused(422, { title: 'There is a problem', detail: fault });
    const remaining: { name: string; why: string }[] = [];
    for (const [index, name] of lines.entries()) {
      const why = await addOne({ name, kind, allowSameName });
      if (why !== null) remaining.push({ name, why });
      setOutcome({ added: index + 1 - remaining.length, remaining });
    }
    setText(remaining.map(({ name }) => name).join('\n'));
    await refresh('elections');
    if (remaining.length === 0) onClose();
  });
  return (
    <Dialog title="Add many participants" onClose={onClose}>
      <DialogForm
        act={act}
        label={lines.length === 0 ? 'Add' : `Add ${lines.length}`}
        closeLabel={outcome === null ? 'Cancel' : 'Close'}
        onSubmit={() => void act.run()}
        onClose={onClose}
      >
        {outcome !== null && <OutcomeNote outcome={outcome} />}
        <SelectField
          label="Kind"
          value={kind}
          onValue={setKind}
          options={[
            ['party', 'Parties'],
            ['individual', 'Individuals'],
          ]}
        />
        <TextArea label="Names" hint="Paste one name per line." value={text} onValue={setText} rows={8} />
        <CheckField
          label="Also add names that already exist"
          hint="Otherwise we skip them and list them."
          checked={allowSameName}
          onValue={setAllow}
        />
        <Preview lines={lines} />
      </DialogForm>
    </Dialog>
  );
}

function faultOf(lines: readonly string[]): string | null {
  if (lines.length === 0) return 'Paste at least one name.';
  if (lines.length > linesMax) return `Add at most ${linesMax} at a time. There are ${lines.length} lines.`;
  const long = lines.findIndex((line) => Array.from(line).length > nameCharactersMax);
  return long < 0 ? null : `Line ${long + 1} is longer than ${nameCharactersMax} characters.`;
}

/** The reason against it, or null where it was added. */
async function addOne(body: ParticipantRequest): Promise<string | null> {
  try {
    await callPanel('elections', '/v1/participants', { method: 'POST', body });
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('conflict') ? 'already exists' : error.problem.title;
  }
}

function Preview({ lines }: { readonly lines: readonly string[] }) {
  const names = new Set<string>();
  const repeated = lines.filter((line) => names.size === names.add(line.toLowerCase()).size);
  return (
    <div aria-live="polite">
      {lines.length > 0 && (
        <>
          <p>
            <strong>{countText(lines.length, 'name')}</strong>
            {repeated.length > 0 &&
              `. ${countText(repeated.length, 'name')} ${repeated.length === 1 ? 'is' : 'are'} repeated`}
            .
          </p>
          <ol class="preview-lines">
            {lines.slice(0, previewLinesMax).map((line, index) => (
              <li key={`${index} ${line}`}>
                <bdi>{line}</bdi>
              </li>
            ))}
          </ol>
          {lines.length > previewLinesMax && <p class="hint">And {lines.length - previewLinesMax} more.</p>}
        </>
      )}
    </div>
  );
}

function OutcomeNote({ outcome: { added, remaining } }: { readonly outcome: Outcome }) {
  return (
    <div class={remaining.length === 0 ? 'note ok' : 'note warn'} role="status">
      <p>
        {added} added.
        {remaining.length > 0 &&
          ` ${remaining.length} ${remaining.length === 1 ? 'was not added and is' : 'were not added and are'} still in the box below:`}
      </p>
      {remaining.length > 0 && (
        <ul>
          {remaining.map(({ name, why }, index) => (
            <li key={`${index} ${name}`}>
              <bdi>{name}</bdi> {why}.
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
