// A preview of the ballot on a phone, at a polling station and on paper, in each language. The screens come from the
// voters' own code in a frame, which casts nothing and makes no request.
import { Link, useSearchParams } from 'wouter-preact';
import type { ElectionPreview } from '../../../protocol/control/elections-api.ts';
import type { LanguageTag } from '../../public/languages/languages.ts';
import { Loaded, PageShell } from '../parts/page.tsx';
import { SelectField } from '../parts/field.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { BallotFrame } from './ballot-frame.tsx';
import { languageTags } from '../../public/languages/languages.ts';
import { languageName } from '../../../domain/text/language-name.ts';
import { addressOf, pathOf } from './draft/definition.ts';
import { ElectionRejection } from './election-rejection.tsx';
import { RuleExample } from './rule-example.tsx';
import { usePhase } from './use-phase.ts';
import { PaperBallot } from './paper/paper-ballot.tsx';
import { usePart } from '../parts/use-part.ts';
import { loadPaperWords } from './paper/paper-words.ts';

const kinds = [
  ['phone', 'Phone'],
  ['kiosk', 'Polling station'],
  ['paper', 'Paper'],
] as const;
type Kind = (typeof kinds)[number][0];

export function PreviewPage({ electionId }: { readonly electionId: string }) {
  const reading = useRemote<ElectionPreview>('elections', `${pathOf(electionId)}/preview`);
  if (reading.data === undefined) {
    return (
      <PageShell title="Preview of the ballot">
        {reading.error !== null && <ElectionRejection rejection={reading.error} electionId={electionId} />}
        <Loaded of={{ ...reading, error: null }}>{() => null}</Loaded>
      </PageShell>
    );
  }
  return <Preview preview={reading.data} />;
}

function Preview({ preview: { election, logo, warnings, manifestHash } }: { readonly preview: ElectionPreview }) {
  const me = useMe();
  const phase = usePhase(election);
  const [search, setSearch] = useSearchParams();
  const kind = kinds.find(([name]) => name === search.get('on'))?.[0] ?? 'phone';
  const requested = languageTags.find((tag) => tag === search.get('language'));
  const language = requested ?? languageTags.find((tag) => tag in election.title) ?? 'en';
  const set = (changes: Partial<Record<'on' | 'language', string>>): void =>
    setSearch({ on: kind, language, ...changes }, { replace: true });
  const missing = warnings.filter(({ code }) => code === 'missing-language').length;
  return (
    <PageShell
      title={`Ballot: ${titleInEnglish(election.title)}`}
      tag={<StateTag state={phase} />}
      rehearsal={election.rehearsal}
    >
      {election.rehearsal && <RehearsalBand />}
      <p>
        Voters will see this page. Try it. No vote is cast.{' '}
        {hasRole(me, 'administrator', 'auditor') && <Link href={addressOf(election.id)}>Election page</Link>}
      </p>
      {missing > 0 && (
        <p class="note warn">
          {missing} {missing === 1 ? 'text is' : 'texts are'} missing in a language. Voters see another language
          instead.
        </p>
      )}
      <div class="filters">
        <SelectField<Kind> label="Preview on" value={kind} onValue={(on) => set({ on })} options={kinds} />
        <SelectField
          label="Language"
          value={language}
          onValue={(next) => set({ language: next })}
          options={languageTags.map(
            (tag) => [tag, `${languageName(tag)}${tag in election.title ? '' : ' (no title)'}`] as const,
          )}
        />
      </div>
      {kind === 'paper' ? (
        <PaperPreview {...{ election, manifestHash, logo, language }} isDraft={phase === 'draft'} />
      ) : (
        <BallotFrame election={election} logo={logo} language={language} kiosk={kind === 'kiosk'} />
      )}
      <h2>Counting examples</h2>
      {election.contests.map((contest) => (
        <section key={contest.id} class="contest">
          <p>
            <strong>
              <bdi>{titleInEnglish(contest.title)}</bdi>
            </strong>
          </p>
          <RuleExample contest={contest} participants={[]} title={titleInEnglish(contest.title)} />
        </section>
      ))}
    </PageShell>
  );
}

function PaperPreview({
  election,
  manifestHash,
  logo,
  language,
  isDraft,
}: Pick<ElectionPreview, 'election' | 'manifestHash' | 'logo'> & {
  readonly language: LanguageTag;
  readonly isDraft: boolean;
}) {
  const words = usePart(() => loadPaperWords(language), language);
  return (
    <>
      <p>
        <Link class="button" href={`${addressOf(election.id)}/paper?language=${language}`}>
          Print paper ballots
        </Link>
      </p>
      {words !== null && <PaperBallot {...{ election, manifestHash, logo, words, isDraft }} guid={null} />}
    </>
  );
}
