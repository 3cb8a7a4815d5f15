// An address to share: a link, a button that copies it, and its QR code to show and to download.
import { useState } from 'preact/hooks';
import { CopyButton } from '../../parts/copy-button.tsx';
import { QrCode } from '../../people/qr-code.tsx';
import { saveBlob } from '../../../shared/save-file.ts';

export function SharedAddress({ address, what }: { readonly address: string; readonly what: string }) {
  return (
    <p class="shared-address">
      <a href={address}>{address}</a> <CopyButton text={address} what={what} />
    </p>
  );
}

/** `name`: of the files, without an ending. */
export function QrFiles({ address, name }: { readonly address: string; readonly name: string }) {
  const [failed, setFailed] = useState(false);
  const write = async (kind: 'svg' | 'png'): Promise<void> => {
    const { qrPng, qrSvg } = await import('./qr-files.ts');
    saveBlob(`${name}.${kind}`, kind === 'svg' ? qrSvg(address) : await qrPng(address));
  };
  const save = (kind: 'svg' | 'png'): void => {
    setFailed(false);
    write(kind).catch(() => setFailed(true));
  };
  return (
    <div class="shared-qr">
      <QrCode text={address} />
      <div class="acts">
        <button type="button" onClick={() => save('svg')}>
          Download QR code (SVG)
        </button>
        <button type="button" onClick={() => save('png')}>
          Download QR code (PNG)
        </button>
      </div>
      {failed && (
        <p class="note bad" role="alert">
          The file was not made. Check the connection, load the page again, and try again.
        </p>
      )}
    </div>
  );
}
