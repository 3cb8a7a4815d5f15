// An address to share: a link, a button that copies it, and its QR code to show and to download.
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
  const save = async (kind: 'svg' | 'png'): Promise<void> => {
    const { qrPng, qrSvg } = await import('./qr-files.ts');
    saveBlob(`${name}.${kind}`, kind === 'svg' ? qrSvg(address) : await qrPng(address));
  };
  return (
    <div class="shared-qr">
      <QrCode text={address} />
      <div class="acts">
        <button type="button" onClick={() => void save('svg')}>
          Download QR code (SVG)
        </button>
        <button type="button" onClick={() => void save('png')}>
          Download QR code (PNG)
        </button>
      </div>
    </div>
  );
}
