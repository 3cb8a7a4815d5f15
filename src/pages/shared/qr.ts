// A QR code as an SVG. A separate module, loaded only where one is shown.
import { generate } from 'lean-qr/nano';

/** The quiet zone around the code, in modules. */
const quiet = 4;

/** The dark modules as the path of a drawing, and the side of the drawing in modules. */
export function qrDrawing(text: string): { readonly size: number; readonly path: string } {
  const code = generate(text);
  let path = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x + quiet} ${y + quiet}h1v1h-1z`;
  }
  return { size: code.size + 2 * quiet, path };
}

export function qrCode(text: string): SVGElement {
  const { size, path } = qrDrawing(text);
  const of = (tag: string, attributes: Readonly<Record<string, string>>): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  // For cameras only: the same content is beside it in words.
  const drawing = of('svg', { class: 'qr', viewBox: `0 0 ${size} ${size}`, 'aria-hidden': 'true' });
  drawing.append(of('path', { class: 'qr-paper', d: `M0 0h${size}v${size}h-${size}z` }), of('path', { d: path }));
  return drawing;
}
