// The card of a voter: the code in groups and as a QR code, and in each language of the election until when it works and how. It is
// shown once, and printed alone.
import { useEffect, useRef } from 'preact/hooks';
import type { ActivationAnswer } from '../../../protocol/control/activations-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { QrCode } from '../people/qr-code.tsx';
import { usePart } from '../parts/use-part.ts';
import { titleInEnglish } from '../words.ts';
import { loadCardWords } from './card-words.ts';

type Props = {
  readonly election: PublicElection;
  readonly card: ActivationAnswer & { readonly station: string | null };
  readonly onNext: () => void;
};

export function ActivationCard({ election, card: { code, expiresAt, station }, onNext }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [code]);
  const words = usePart(() => loadCardWords(election, expiresAt), code) ?? [];
  return (
    <>
      <article class="activation-card" aria-labelledby="card-title">
        <h2 id="card-title" class="unseen" tabIndex={-1} ref={title}>
          Card for {titleInEnglish(election.title)}
        </h2>
        <p class="activation-code" dir="ltr">
          {code.replace(/.{4}(?=.)/g, '$& ')}
        </p>
        <QrCode text={code} />
        {station !== null && <p>{station}</p>}
        {words.map(({ lang, dir, title: name, rehearsal, once, how }) => (
          <section key={lang} {...{ lang, dir }}>
            {rehearsal !== null && <p class="paper-band">{rehearsal}</p>}
            <p>
              <strong>{name}</strong>
            </p>
            <p>{once}</p>
            <p>{how}</p>
          </section>
        ))}
      </article>
      <p class="no-print">Give the card to the voter alone. Do not write the name or the number on it.</p>
      <div class="acts">
        <button type="button" class="primary" onClick={() => print()}>
          Print
        </button>
        <button type="button" onClick={onNext}>
          Next voter
        </button>
      </div>
    </>
  );
}
