// A paper ballot, one per page: every contest with its numbers, instructions, and the ballot's ID in digits and as a QR
// code. Nothing on it identifies the voter.
import { useEffect, useRef } from 'preact/hooks';
import { titleText } from '../../../../domain/title-text.ts';
import type { Contest } from '../../../../domain/election.ts';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { fill } from '../../../public/languages/fill.ts';
import { pictureAddress } from '../draft/steps/logo-picture.ts';
import { usePart } from '../../parts/use-part.ts';
import type { PaperWords } from './paper-words.ts';

type BallotData = {
  readonly election: PublicElection;
  /** The code of the election; null where it has no public log. */
  readonly manifestHash: string | null;
  /** Of the organiser, as base64. */
  readonly logo?: string | undefined;
  readonly words: PaperWords;
};

/** `guid` null: a specimen that cannot be scanned. */
export function PaperBallot({
  election,
  manifestHash,
  logo,
  words,
  guid,
  isDraft,
}: BallotData & { readonly guid: string | null; readonly isDraft: boolean }) {
  const { own, copy, tag, lang, dir, log } = words;
  const title = titleText(election.title, tag);
  const several = election.contests.some(({ maxChoices }) => maxChoices > 1);
  return (
    <article
      class="sheet"
      lang={lang}
      dir={dir}
      aria-label={guid === null ? own.ballotPaper : `${own.ballotPaper} ${guid}`}
    >
      {election.rehearsal && <p class="paper-band">{copy.rehearsal}</p>}
      {isDraft && <p class="paper-band">{own.draft}</p>}
      <header>
        <div>
          <p>{own.ballotPaper}</p>
          <p class="paper-title" lang={title.lang} dir="auto">
            {title.text}
          </p>
        </div>
        {logo !== undefined && <img src={pictureAddress(logo)} alt={titleText(election.organiser ?? {}, tag).text} />}
      </header>
      <p>
        {several ? own.howMany : own.howOne} {own.howSpoilt}
      </p>
      {election.contests.map((contest, index) => (
        <PaperContest key={contest.id} {...{ contest, index, words }} of={election.contests.length} />
      ))}
      <p>{own.fold}</p>
      <footer>
        {guid !== null && <Scan text={guid} />}
        <p>
          {own.ballotId}
          <br />
          <code>{guid ?? '00000000-0000-0000-0000-000000000000'}</code>
        </p>
        {manifestHash && (
          <p class="paper-small">
            {log.code}
            <br />
            <code dir="ltr">{manifestHash}</code>
          </p>
        )}
      </footer>
    </article>
  );
}

function PaperContest({
  contest,
  index,
  of,
  words: { own, copy, tag },
}: {
  readonly contest: Contest;
  readonly index: number;
  readonly of: number;
  readonly words: PaperWords;
}) {
  const title = titleText(contest.title, tag);
  const options = [...contest.options].sort((a, b) => a.number - b.number);
  return (
    <section>
      {of > 1 && <p class="paper-small">{fill(own.contest, { n: index + 1, of })}</p>}
      <p class="paper-contest" lang={title.lang} dir="auto">
        {title.text}
      </p>
      <p>{ruleOf(contest, copy)}</p>
      <ul>
        {options.map(({ id, number, title: optionTitle }) => {
          const { text, lang } = titleText(optionTitle, tag);
          return (
            <li key={id}>
              <span class="paper-number">{number}</span>
              <bdi lang={lang}>{text}</bdi>
              <span class="paper-box" aria-hidden="true" />
            </li>
          );
        })}
        {contest.abstain && (
          <li>
            <span class="paper-number" />
            <span>
              {copy.abstain}
              <br />
              <span class="paper-small">{copy.abstainHint}</span>
            </span>
            <span class="paper-box" aria-hidden="true" />
          </li>
        )}
      </ul>
    </section>
  );
}

/** In the words of the voters' page. */
function ruleOf({ minChoices: min, maxChoices: max }: Contest, copy: PaperWords['copy']): string {
  if (max === 1) return min === 0 ? `${copy.chooseOne} ${copy.maySkip}` : copy.chooseOne;
  if (min === max) return fill(copy.chooseExactly, { max });
  const limits = fill(min > 1 ? copy.chooseBetween : copy.chooseUpTo, { min, max });
  return min === 0 ? `${limits} ${copy.maySkip}` : limits;
}

function Scan({ text }: { readonly text: string }) {
  const place = useRef<HTMLDivElement>(null);
  // A ballot without it is not printed.
  const qr = usePart(() => import('../../../shared/qr.ts'), null);
  useEffect(() => {
    if (qr !== null) place.current?.replaceChildren(qr.qrCode(text));
  }, [qr, text]);
  return <div class="paper-scan" ref={place} />;
}
