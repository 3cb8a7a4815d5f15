// The lines of an uploaded file, as it comes and in bounded memory. Text is UTF-8 and nothing else: a byte that is not
// ends the reading with what is wrong and how to mend it, because a guess at an encoding would be a guess at a ballot.
import { TextDecoder } from 'node:util';
import { Problem } from '../protocol/problem.ts';
import { rowCharactersMax } from '../protocol/batch-entries.ts';

/** Largest file, in bytes: five million rows with room for several contests. */
export const fileBytesMax = 512 * 1_024 * 1_024;
/** Longest line that is read, in characters: white space and quotes around a row of the greatest length. */
const lineCharactersMax = 2 * rowCharactersMax;
/** Of a longer line this much is kept, to be shown, in characters. */
const shownCharactersMax = 200;

export type LineTaker = {
  /** One line without its end. Of one that is too long only the beginning is given. */
  take(text: string, tooLong: boolean): void;
  /** Called from time to time; reading waits for it. */
  pause(): Promise<void>;
};

/** Reads to the end. Throws `invalid-batch` or `payload-too-large`. */
export async function readLines(source: AsyncIterable<Buffer>, taker: LineTaker): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines = createLineCutter(taker);
  let head: Buffer | null = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > fileBytesMax) throw new Problem('payload-too-large', { detail: tooLarge });
    let part = chunk;
    if (head !== null) {
      // What kind of file it is shows in its first four bytes.
      part = head = Buffer.concat([head, chunk]);
      if (head.length < 4) continue;
      refuseForeign(head);
      head = null;
    }
    lines.add(decoded(decoder, part));
    await taker.pause();
  }
  if (head !== null) {
    refuseForeign(head);
    lines.add(decoded(decoder, head));
  }
  lines.add(decoded(decoder, null));
  lines.end();
}

const tooLarge =
  `A file may have ${fileBytesMax / 1_024 / 1_024} MiB. Send it in several files: each is a batch of its own, and a ` +
  'ballot id that stands in two of them counts once. Nothing was recorded.';
const saveAsUtf8 = 'Save it as “CSV UTF-8” and send it again. Nothing was recorded.';

const starts: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0xff, 0xfe]), `The file is in UTF-16. ${saveAsUtf8}`],
  [Buffer.from([0xfe, 0xff]), `The file is in UTF-16. ${saveAsUtf8}`],
  [Buffer.from('PK\u0003\u0004', 'latin1'), `The file is a spreadsheet or a zip archive and not CSV. ${saveAsUtf8}`],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), `The file is an old Excel workbook and not CSV. ${saveAsUtf8}`],
  [Buffer.from([0x1f, 0x8b]), 'The file is compressed. Send it as it is, without gzip. Nothing was recorded.'],
  [Buffer.from('%PDF', 'latin1'), `The file is a PDF and not CSV. ${saveAsUtf8}`],
];

function refuseForeign(head: Buffer): void {
  const found = starts.find(([bytes]) => head.subarray(0, bytes.length).equals(bytes));
  if (found) throw new Problem('invalid-batch', { detail: found[1] });
}

function decoded(decoder: TextDecoder, bytes: Buffer | null): string {
  let text: string;
  try {
    text = bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    const detail = `The file is not UTF-8: it may be in an older encoding such as Windows-1250. ${saveAsUtf8}`;
    throw new Problem('invalid-batch', { detail });
  }
  if (text.includes('\0')) {
    const detail = `The file has NUL bytes: it is in UTF-16, or it is not text at all. ${saveAsUtf8}`;
    throw new Problem('invalid-batch', { detail });
  }
  return text;
}

/** Cuts text into lines: CR LF, LF and CR each end one. What is left of a line that is too long is dropped as it comes. */
function createLineCutter({ take }: LineTaker): { add(text: string): void; end(): void } {
  let rest = '';
  let tooLong = false;
  let carriageReturn = false;
  return {
    add(text) {
      if (text === '') return;
      let part = carriageReturn && text.startsWith('\n') ? text.slice(1) : text;
      carriageReturn = text.endsWith('\r');
      if (part.includes('\r')) part = part.replace(/\r\n?/g, '\n');
      let from = 0;
      for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', from)) {
        const line = rest + part.slice(from, at);
        const long = tooLong || line.length > lineCharactersMax;
        take(long ? line.slice(0, shownCharactersMax) : line, long);
        [rest, tooLong, from] = ['', false, at + 1];
      }
      rest += part.slice(from);
      if (rest.length <= lineCharactersMax) return;
      [rest, tooLong] = [rest.slice(0, shownCharactersMax), true];
    },
    end() {
      if (rest !== '') take(rest, tooLong);
    },
  };
}
