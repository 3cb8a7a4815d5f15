// The card of a voter: the code in groups and as a QR code, until when it works, and where. It is shown once, and printed alone.
import { useEffect, useRef } from 'preact/hooks';
import type { ActivationAnswer } from '../../../protocol/control/activations-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { QrCode } from '../people/qr-code.tsx';
import { momentText, titleInEnglish } from '../words.ts';

type Props = {
  readonly election: PublicElection;
  readonly card: ActivationAnswer & { readonly station: string | null };
  readonly onNext: () => void;
};

export function ActivationCard({ election, card: { code, expiresAt, station }, onNext }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [code]);
  return (
    <>
      <article class="activation-card" aria-labelledby="card-title">
        {election.rehearsal && <p class="paper-band">Rehearsal: nothing here counts</p>}
        <h2 id="card-title" tabIndex={-1} ref={title}>
          {titleInEnglish(election.title)}
        </h2>
        <p class="activation-code" dir="ltr">
          {code.replace(/.{4}(?=.)/g, '$& ')}
        </p>
        <QrCode text={code} />
        <p>
          Works once, until {momentText(expiresAt, election.timeZone)}.{station !== null && <> {station}.</>}
        </p>
        <p>At the device choose “I have a card from the table”, and type or scan the code.</p>
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
