// Paper ballots to print, each with its own ID, and the file in which officials enter the marks. The IDs are generated
// here and not stored; a ballot that is uploaded twice counts as a duplicate.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import { csvRow } from '../../../../domain/csv-text.ts';
import { typedCount } from '../../../../domain/text/typed-number.ts';
import type { ElectionPreview } from '../../../../protocol/control/elections-api.ts';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Loaded, PageShell } from '../../parts/page.tsx';
import { RehearsalBand, StateTag } from '../../parts/state-tag.tsx';
import { useRemote } from '../../remote.ts';
import { numberText, titleInEnglish } from '../../words.ts';
import { languageTags } from '../../../public/languages/languages.ts';
import { languageName } from '../../../../domain/text/language-name.ts';
import { addressOf, pathOf } from '../draft/definition.ts';
import { ElectionRejection } from '../election-rejection.tsx';
import { PaperBallot } from './paper-ballot.tsx';
import { usePhase } from '../use-phase.ts';
import { usePart } from '../../parts/use-part.ts';
import { loadPaperWords } from './paper-words.ts';

/** Most ballots at once: each is a page, and browsers lay out all pages before printing. */
const copiesMax = 200;

export function PaperBallotPage({ electionId }: { readonly electionId: string }) {
  const reading = useRemote<ElectionPreview>('elections', `${pathOf(electionId)}/preview`);
  if (reading.data === undefined) {
    return (
      <PageShell title="Paper ballots">
        {reading.error !== null && <ElectionRejection rejection={reading.error} electionId={electionId} />}
        <Loaded of={{ ...reading, error: null }}>{() => null}</Loaded>
      </PageShell>
    );
  }
  return <PaperBallots preview={reading.data} />;
}

function PaperBallots({ preview: { election, logo, manifestHash } }: { readonly preview: ElectionPreview }) {
  const [search, setSearch] = useSearchParams();
  const requested = languageTags.find((tag) => tag === search.get('language'));
  const language = requested ?? languageTags.find((tag) => tag in election.title) ?? 'en';
  const words = usePart(() => loadPaperWords(language), language);
  const [guids, setGuids] = useState<readonly string[]>([]);
  const phase = usePhase(election);
  const common = { election, manifestHash, logo, isDraft: phase === 'draft' };
  return (
    <PageShell
      title={`Paper ballots: ${titleInEnglish(election.title)}`}
      tag={<StateTag state={phase} />}
      rehearsal={election.rehearsal}
    >
      {election.rehearsal && <RehearsalBand />}
      {!election.channels.includes('batches') && (
        <p class="note warn">This election does not take paper ballots. You can change the ways to vote in step 5.</p>
      )}
      <p>
        Each ballot is one A4 page with its own ID. An official enters that ID and the marked numbers.{' '}
        <Link href={`${addressOf(election.id)}/preview?on=paper&language=${language}`}>Ballot preview</Link>
      </p>
      <SelectField
        label="Ballot language"
        value={language}
        onValue={(next) => setSearch({ language: next }, { replace: true })}
        options={languageTags.map((tag) => [tag, languageName(tag)] as const)}
      />
      <Making onCreate={setGuids} />
      {guids.length > 0 && <Ready election={election} guids={guids} />}
      {words !== null && (
        <div class="sheets">
          {guids.length === 0 ? (
            <PaperBallot {...common} words={words} guid={null} />
          ) : (
            guids.map((guid) => <PaperBallot key={guid} {...common} words={words} guid={guid} />)
          )}
        </div>
      )}
    </PageShell>
  );
}

function Making({ onCreate }: { readonly onCreate: (guids: readonly string[]) => void }) {
  const [typed, setTyped] = useState('10');
  const [fault, setFault] = useState<string>();
  const make = (): void => {
    const copies = typedCount(typed);
    const fits = Number.isInteger(copies) && copies >= 1 && copies <= copiesMax;
    setFault(fits ? undefined : `Enter a whole number from 1 to ${copiesMax}. To print more, repeat this step.`);
    if (fits) onCreate(Array.from({ length: copies }, newGuid));
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <TextField
        label="Number of ballots"
        hint={`At most ${copiesMax} at a time.`}
        class="short"
        inputMode="numeric"
        value={typed}
        onValue={setTyped}
        fault={fault}
      />
      <button type="submit" class="primary">
        Make ballots
      </button>
    </form>
  );
}

function Ready({ election, guids }: { readonly election: PublicElection; readonly guids: readonly string[] }) {
  return (
    <div class="note made">
      <h2>
        {numberText(guids.length)} {guids.length === 1 ? 'ballot is' : 'ballots are'} ready
      </h2>
      <p>
        Print the ballots and save the file for officials before you leave this page. The IDs are not stored anywhere
        else.
      </p>
      <p>
        Officials enter the marked number in the file: several as 2+5, an abstention as an empty cell. They delete the
        rows of unused ballots.
      </p>
      <div class="acts">
        <button type="button" class="primary" onClick={() => print()}>
          Print
        </button>
        <button type="button" onClick={() => save(`${election.id}-ballots.csv`, templateOf(election, guids))}>
          Save file for officials (CSV)
        </button>
      </div>
    </div>
  );
}

/** A random GUID (version 4), over plain HTTP too, where `crypto.randomUUID` is missing. */
function newGuid(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The IDs with an empty column for each contest, with the heading that `officials` reads. */
function templateOf({ contests }: PublicElection, guids: readonly string[]): string {
  const ids = contests.map(({ id }) => id);
  // A heading of numbers alone would be read as a row.
  const heading = ids.every((id) => /\p{L}/u.test(id)) ? csvRow(['guid', ...ids]) : '';
  return heading + guids.map((guid) => csvRow([guid, ...ids.map(() => '')])).join('');
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
