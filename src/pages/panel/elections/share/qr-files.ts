// A QR code as files for print and for other programs.
import { qrDrawing } from '../../../shared/qr.ts';

/** Side of the image, in pixels: sharp on a printed page. */
const imagePixels = 1_024;

export function qrSvg(text: string): Blob {
  const { size, path } = qrDrawing(text);
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path d="${path}"/></svg>\n`;
  return new Blob([drawing], { type: 'image/svg+xml' });
}

export async function qrPng(text: string): Promise<Blob> {
  const { size, path } = qrDrawing(text);
  const canvas = document.createElement('canvas');
  const scale = Math.ceil(imagePixels / size);
  canvas.width = size * scale;
  canvas.height = size * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no images.');
  context.scale(scale, scale);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size, size);
  context.fillStyle = '#000';
  context.fill(new Path2D(path));
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (image) => (image ? resolve(image) : reject(new Error('This browser makes no images.'))),
      'image/png',
    );
  });
}
