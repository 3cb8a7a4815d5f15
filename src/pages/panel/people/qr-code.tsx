// A QR code. The page also has its content in words, which are enough where the code does not load.
import { useEffect, useRef, useState } from 'preact/hooks';

export function QrCode({ text }: { readonly text: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let active = true;
    import('../../shared/qr.ts').then(
      ({ qrCode }) => {
        if (active) place.current?.replaceChildren(qrCode(text));
      },
      () => setFailed(active),
    );
    return () => (active = false);
  }, [text]);
  if (failed) return <p class="muted">The QR code did not load. Use the text.</p>;
  return <div class="qr-place" ref={place} />;
}
