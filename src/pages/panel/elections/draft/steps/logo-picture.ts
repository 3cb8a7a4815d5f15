// A file as a logo: drawn on a canvas, so that nothing of the file but its picture stays, and encoded as a PNG.
import { bareLogo, logoBytesMax, logoFault, logoHeightMax, logoWidthMax } from '../../../../../domain/picture/logo.ts';
import { base64Of } from '../../../../../domain/record/bytes.ts';

/** Largest file that is read, in bytes. */
const fileBytesMax = 10 * 1_048_576;
/** Sizes that are tried, as parts of the largest, until the picture has few enough bytes. */
const scales = [1, 0.75, 0.5];

export type DrawnLogo = { readonly ok: true; readonly logo: string } | { readonly ok: false; readonly fault: string };

/** The logo as base64, or why a file cannot be one, for the person who chose it. */
export async function drawLogo(file: File): Promise<DrawnLogo> {
  if (file.size > fileBytesMax) return { ok: false, fault: 'This file is larger than 10 MB. Choose a smaller one.' };
  const image = new Image();
  try {
    image.src = await addressOfFile(file);
    await image.decode();
  } catch {
    return { ok: false, fault: unreadable };
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width === 0 || height === 0) return { ok: false, fault: noSize };
  for (const scale of scales) {
    const bytes = await encoded(image, Math.min(1, logoWidthMax / width, logoHeightMax / height) * scale);
    if (bytes === null) return { ok: false, fault: unreadable };
    if (logoFault(bytes) === null) return { ok: true, logo: base64Of(bytes) };
  }
  return { ok: false, fault: tooDetailed };
}

/** The address of a logo for an image. */
export const pictureAddress = (logo: string): string => `data:image/png;base64,${logo}`;

const unreadable = 'The browser cannot read this file as a picture. Choose a PNG, JPEG, SVG or WebP file.';
const noSize = 'This picture does not say its size. Save it as a PNG, and choose that.';
const tooDetailed =
  `This picture has too much detail: as a PNG it is larger than ${logoBytesMax / 1_024} kB. Choose a logo with few colours, ` +
  'not a photo.';

// An address of the data itself: the policy of the panel admits no other files. As an image an SVG runs no script.
function addressOfFile(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error('The file cannot be read.'));
    reader.readAsDataURL(file);
  });
}

/** Null where the browser draws or encodes nothing. */
async function encoded(image: HTMLImageElement, scale: number): Promise<Uint8Array | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.floor(image.naturalHeight * scale));
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  try {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return blob && bareLogo(new Uint8Array(await blob.arrayBuffer()));
  } catch {
    return null;
  }
}
