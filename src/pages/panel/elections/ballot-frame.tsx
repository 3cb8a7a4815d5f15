// A frame with the voters' page. It receives the election when it reports that it is ready, and again after each
// change. Only messages from this frame are read.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { LanguageTag } from '../../public/languages/languages.ts';
import { previewReady } from '../preview-messages.ts';
import type { PreviewMessage } from '../preview-messages.ts';

export function BallotFrame({
  election,
  logo,
  language,
  kiosk,
}: {
  readonly election: PublicElection;
  /** Base64. */
  readonly logo: string | undefined;
  readonly language: LanguageTag;
  readonly kiosk: boolean;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const hear = (event: MessageEvent): void => {
      if (event.origin !== location.origin || event.source !== frame.current?.contentWindow) return;
      if (event.data === previewReady) setReady(true);
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, []);
  useEffect(() => {
    if (!ready) return;
    const message: PreviewMessage = { kind: 'popvote-preview', election, logo, language, kiosk };
    frame.current?.contentWindow?.postMessage(message, location.origin);
  }, [ready, election, logo, language, kiosk]);
  return (
    <div class={kiosk ? 'screen station' : 'screen phone'}>
      <iframe ref={frame} src="/preview" title={kiosk ? 'The ballot at a polling station' : 'The ballot on a phone'} />
    </div>
  );
}
