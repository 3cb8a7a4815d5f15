// The lines of a file of paper ballots, from its bytes as they arrive and in bounded memory. The service that takes the
// file and the page that checks it before use the same reader. Text is UTF-8 only: any other byte ends the reading with
// a description of the fault and its correction, because a guess at an encoding would be a guess at a ballot.
import { rowCharactersMax } from './batch-row.ts';

/** Largest file, in bytes: five million rows with room for several contests. */
export const batchFileBytesMax = 512 * 1_024 * 1_024;
/** Longest line that is read, in characters: white space and quotes around a row of the greatest length. */
const lineCharactersMax = 2 * rowCharactersMax;
/** How much of a longer line is stored for display, in characters. */
const shownCharactersMax = 200;
/** Number of bytes that identify the kind of file. */
const headBytes = 4;

/** Why a whole file cannot be accepted, and how to correct it. */
export type FileFault = { readonly code: 'invalid-batch' | 'payload-too-large'; readonly detail: string };

/** One line without its end. Of a line that is too long only the beginning is passed. */
type LineTaker = (text: string, tooLong: boolean) => void;

type TextReader = {
  /** Takes the next bytes, in chunks of any size. Must not be called after a fault. */
  add(bytes: Uint8Array): FileFault | null;
  end(): FileFault | null;
};

export function createTextReader(take: LineTaker): TextReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines = createLineCutter(take);
  let head: Uint8Array | null = new Uint8Array(0);
  let total = 0;
  const decode = (bytes: Uint8Array | null): FileFault | null => {
    let text: string;
    try {
      text = bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      return invalid(`The file is not UTF-8: it may be in an older encoding such as Windows-1250. ${saveAsUtf8}`);
    }
    if (text.includes('\0')) {
      return invalid(`The file has NUL bytes: it is in UTF-16, or it is not text at all. ${saveAsUtf8}`);
    }
    lines.add(text);
    return null;
  };
  return {
    add(bytes) {
      total += bytes.length;
      if (total > batchFileBytesMax) return { code: 'payload-too-large', detail: tooLarge };
      if (head === null) return decode(bytes);
      const start = joined(head, bytes);
      head = start.length < headBytes ? start : null;
      return head === null ? (foreign(start) ?? decode(start)) : null;
    },
    end() {
      const fault = (head && (foreign(head) ?? decode(head))) ?? decode(null);
      if (fault === null) lines.end();
      return fault;
    },
  };
}

const tooLarge =
  `A file may have ${batchFileBytesMax / 1_024 / 1_024} MiB. Send it in several files: each is a separate batch, and a ` +
  'ballot id that is in two of them counts once.';
const saveAsUtf8 = 'Save it as “CSV UTF-8” and send it again.';
const invalid = (detail: string): FileFault => ({ code: 'invalid-batch', detail });

/** The first bytes of kinds of files. */
const starts: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], `The file is in UTF-16. ${saveAsUtf8}`],
  [[0xfe, 0xff], `The file is in UTF-16. ${saveAsUtf8}`],
  [[0x50, 0x4b, 0x03, 0x04], `The file is a spreadsheet or a zip archive and not CSV. ${saveAsUtf8}`],
  [[0xd0, 0xcf, 0x11, 0xe0], `The file is an old Excel workbook and not CSV. ${saveAsUtf8}`],
  [[0x1f, 0x8b], 'The file is compressed. Send it as it is, without gzip.'],
  [[0x25, 0x50, 0x44, 0x46], `The file is a PDF and not CSV. ${saveAsUtf8}`],
];

function foreign(head: Uint8Array): FileFault | null {
  const match = starts.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  return match ? invalid(match[1]) : null;
}

function joined(head: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (head.length === 0) return bytes;
  const both = new Uint8Array(head.length + bytes.length);
  both.set(head);
  both.set(bytes, head.length);
  return both;
}

/**
 * Cuts text into lines: CR LF, LF and CR each end one. The rest of a line that is too long is dropped as it arrives.
 */
function createLineCutter(take: LineTaker): { add(text: string): void; end(): void } {
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
