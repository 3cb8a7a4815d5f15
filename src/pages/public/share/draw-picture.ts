// Draws the picture of a result on a canvas, for people who pass it on: title, sentences, bars. Black on white in every theme, and
// from right to left where the language is. Text that has no room ends with an ellipsis; what is left out is counted.
import type { ResultPicture } from '../result-picture.ts';

/** The size that link previews and social networks use, in pixels. */
export const pictureSize = { width: 1_200, height: 630 } as const;
const margin = 60;
/** The lowest line of what is above the footer. */
const contentEnd = pictureSize.height - 92;
const colours = {
  text: '#14202e',
  muted: '#334155',
  main: '#083b73',
  other: '#8795a6',
  track: '#e6eaf0',
  warn: '#fff4db',
};
const family =
  "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang HK', 'Noto Sans HK', 'Microsoft JhengHei', sans-serif";

/** A logo is at most so large, and never larger than it is. */
const logoSize = { width: 240, height: 72 };

type Place = {
  readonly lang: string;
  readonly dir: string;
  readonly address: string;
  /** Of the organiser, if it is there. */
  readonly logo: HTMLImageElement | null;
};
type Font = { readonly size: number; readonly bold?: boolean; readonly colour?: string };
type Pen = {
  readonly context: CanvasRenderingContext2D;
  readonly lang: string;
  readonly isRtl: boolean;
  /** The top of what is drawn next. */
  y: number;
  /** How wide lines of text may be. */
  room: number;
};
const wholeRoom = pictureSize.width - 2 * margin;

export function drawPicture(
  context: CanvasRenderingContext2D,
  picture: ResultPicture,
  { lang, dir, address, logo }: Place,
): boolean {
  const pen: Pen = { context, lang, isRtl: dir === 'rtl', y: 40, room: wholeRoom };
  context.direction = pen.isRtl ? 'rtl' : 'ltr';
  context.textBaseline = 'top';
  fillBox(pen, '#fff', 0, 0, pictureSize.width, pictureSize.height);
  fillBox(pen, picture.colour || colours.main, 0, 0, pictureSize.width, 14);
  if (picture.band !== '') {
    fillBox(pen, colours.warn, 0, 14, pictureSize.width, 46);
    pen.y = 22;
    write(pen, picture.band, { size: 26, bold: true }, 1);
    pen.y = 74;
  }
  const logoEnd = logo === null ? 0 : drawLogo(pen, logo);
  write(
    pen,
    [picture.kind, picture.organiser].filter((text) => text !== '').join(' · '),
    { size: 26, colour: colours.muted },
    1,
  );
  write(pen, picture.title, { size: picture.questions.length > 2 ? 40 : 48, bold: true }, 2);
  pen.y = Math.max(pen.y + 10, logoEnd);
  pen.room = wholeRoom;
  if (picture.questions.length === 1) drawOne(pen, picture);
  else drawSeveral(pen, picture);
  pen.y = contentEnd + 14;
  fillBox(pen, colours.track, margin, pen.y, pictureSize.width - 2 * margin, 2);
  pen.y += 8;
  write(pen, picture.closed, { size: 20, colour: colours.muted }, 1);
  // The address is the same in every direction of writing.
  write(
    pen,
    `${picture.note} \u2066${address.replace(/^https?:\/\/|\?.*$/g, '')}\u2069`,
    { size: 20, colour: colours.muted },
    1,
  );
  return true;
}

/** Where lines end, beside the first ones, which leave room for it. Returns what is below it. */
function drawLogo(pen: Pen, logo: HTMLImageElement): number {
  const { naturalWidth, naturalHeight } = logo;
  const scale = Math.min(1, logoSize.width / naturalWidth, logoSize.height / naturalHeight);
  const width = naturalWidth * scale;
  const height = naturalHeight * scale;
  pen.context.drawImage(logo, startOf(pen, wholeRoom - width, width), pen.y, width, height);
  pen.room = wholeRoom - width - 24;
  return pen.y + height + 10;
}

/** One question: its sentence, and its options as bars. */
function drawOne(pen: Pen, { title, questions, rows, more, omitted }: ResultPicture): void {
  const [question] = questions;
  if (!question) return;
  if (question.title !== title) write(pen, question.title, { size: 28, colour: colours.muted }, 1);
  write(pen, question.sentence, { size: 32, bold: true }, 2);
  pen.y += 8;
  const rest = omitted > 0 ? 30 : 0;
  const height = Math.min(76, (contentEnd - pen.y - rest) / Math.max(1, rows.length));
  const size = Math.min(26, Math.floor(height * 0.44));
  const width = pen.room;
  for (const { name, value, percent, wins } of rows) {
    const top = pen.y;
    const valueWidth = measure(pen, value, { size, bold: wins });
    writeAt(pen, value, { size, bold: wins }, width - valueWidth);
    writeAt(pen, fitted(pen, name, { size, bold: wins }, width - valueWidth - 20), { size, bold: wins }, 0);
    const barTop = top + size * 1.35;
    const barHeight = Math.max(6, height - size * 1.35 - 12);
    fillBox(pen, colours.track, startOf(pen, 0, width), barTop, width, barHeight);
    const length = (width * percent) / 100;
    fillBox(pen, wins ? colours.main : colours.other, startOf(pen, 0, length), barTop, length, barHeight);
    pen.y = top + height;
  }
  if (omitted > 0) write(pen, more[omitted - 1] ?? '', { size: 22, colour: colours.muted }, 1);
}

/** Several questions: title and sentence of each, as many as there is room for. */
function drawSeveral(pen: Pen, { questions, more, omitted }: ResultPicture): void {
  let undrawn = omitted;
  const size = questions.length > 3 ? 24 : 28;
  for (const [index, { title, sentence }] of questions.entries()) {
    const lines = linesOf(pen, sentence, { size, bold: true }, 2).length;
    const isLast = index === questions.length - 1 && undrawn === 0;
    if (pen.y + size * (1.4 + 1.35 * lines) > contentEnd - (isLast ? 0 : 30)) {
      undrawn += questions.length - index;
      break;
    }
    write(pen, title, { size: size - 4, colour: colours.muted }, 1);
    write(pen, sentence, { size, bold: true }, 2);
    pen.y += 6;
  }
  if (undrawn > 0) write(pen, more[undrawn - 1] ?? '', { size: 22, colour: colours.muted }, 1);
}

const fontOf = ({ size, bold = false }: Font): string => `${bold ? '700 ' : ''}${size}px ${family}`;

function fillBox({ context }: Pen, colour: string, x: number, y: number, width: number, height: number): void {
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

/** The left edge of a box that begins so far from the side where lines begin. */
const startOf = ({ isRtl }: Pen, from: number, width: number): number =>
  isRtl ? pictureSize.width - margin - from - width : margin + from;

function measure({ context }: Pen, text: string, font: Font): number {
  context.font = fontOf(font);
  return context.measureText(text).width;
}

/** One line, so far from the side where lines begin. The pen stays. */
function writeAt({ context, isRtl, y }: Pen, text: string, font: Font, from: number): void {
  context.font = fontOf(font);
  context.fillStyle = font.colour ?? colours.text;
  context.textAlign = 'start';
  context.fillText(text, isRtl ? pictureSize.width - margin - from : margin + from, y);
}

/** Lines of text. The pen moves below them. */
function write(pen: Pen, text: string, font: Font, linesMax: number): void {
  for (const line of linesOf(pen, text, font, linesMax)) {
    writeAt(pen, line, font, 0);
    pen.y += Math.round(font.size * 1.35);
  }
}

/** A text in lines of the whole width; the last one is cut where there are more. */
function linesOf(pen: Pen, text: string, font: Font, linesMax: number): readonly string[] {
  const width = pen.room;
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text, pen.lang)) {
    if (line !== '' && measure(pen, line + word.trimEnd(), font) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  lines.push(line.trimEnd());
  const last = lines.slice(linesMax - 1).join(' ');
  return lines.length <= linesMax
    ? lines.map((each) => fitted(pen, each, font, width))
    : [...lines.slice(0, linesMax - 1), fitted(pen, last, font, width)];
}

/** Parts between which a line may break. Languages without spaces break between words, which the browser knows. */
function wordsOf(text: string, lang: string): readonly string[] {
  const { Segmenter } = Intl as Partial<typeof Intl>;
  if (!Segmenter) return text.match(/\S+\s*/g) ?? [text];
  const parts: string[] = [];
  for (const { segment, isWordLike } of new Segmenter(lang, { granularity: 'word' }).segment(text)) {
    // A mark belongs to the word before it.
    if (isWordLike || parts.length === 0) parts.push(segment);
    else parts.push((parts.pop() ?? '') + segment);
  }
  return parts;
}

/** A text that fits, with an ellipsis where it was cut. */
function fitted(pen: Pen, text: string, font: Font, width: number): string {
  if (measure(pen, text, font) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && measure(pen, `${characters.join('').trimEnd()}…`, font) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
