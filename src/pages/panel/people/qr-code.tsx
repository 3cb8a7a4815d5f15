// A QR code. The page also has its content in words.
import { useEffect, useRef } from 'preact/hooks';

export function QrCode({ text }: { readonly text: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let active = true;
    void import('../../shared/qr.ts').then(({ qrCode }) => {
      if (active) place.current?.replaceChildren(qrCode(text));
    });
    return () => (active = false);
  }, [text]);
  return <div class="qr-place" ref={place} />;
}
