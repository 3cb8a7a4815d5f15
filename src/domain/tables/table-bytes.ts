// The text of an uploaded table from its bytes as they arrive. Text is UTF-8, with or without a byte order mark. A file
// of another kind is rejected with its name and what to do. A guess at an encoding would be a guess at a person or a
// ballot, so a byte that is not UTF-8 becomes U+FFFD here and the row that has it is rejected (table-rows.ts).

/** Why a whole file cannot be read as a table, and how to correct it. */
export type TableFault = { readonly kind: 'not-a-table' | 'too-large'; readonly detail: string };

/** Number of bytes that identify the kind of file. */
const headBytes = 8;

export type TextDecoding =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: TableFault };

/** Decodes the bytes of a file in chunks of any size. `tooLarge` says what to do with more than `bytesMax`. */
export function createTableBytes(
  bytesMax: number,
  tooLarge: string,
): { add(bytes: Uint8Array): TextDecoding; end(): TextDecoding } {
  const decoder = new TextDecoder('utf-8');
  let head: Uint8Array | null = new Uint8Array(0);
  let total = 0;
  const decode = (bytes: Uint8Array): TextDecoding => ({ ok: true, text: decoder.decode(bytes, { stream: true }) });
  const decodeHead = (bytes: Uint8Array): TextDecoding => {
    head = null;
    const detail = foreignKind(bytes.subarray(0, headBytes));
    return detail === null ? decode(bytes) : { ok: false, fault: { kind: 'not-a-table', detail } };
  };
  return {
    add(bytes) {
      total += bytes.length;
      if (total > bytesMax) return { ok: false, fault: { kind: 'too-large', detail: tooLarge } };
      if (head === null) return decode(bytes);
      const start = joined(head, bytes);
      if (start.length >= headBytes) return decodeHead(start);
      head = start;
      return { ok: true, text: '' };
    },
    end() {
      const start = head === null ? { ok: true as const, text: '' } : decodeHead(head);
      return start.ok ? { ok: true, text: start.text + decoder.decode() } : start;
    },
  };
}

export const saveAsUtf8 = 'Save it as “CSV UTF-8” and send it again.';
const toCsv = 'Open it in its program, save the sheet as “CSV UTF-8”, and send that file.';
const workbook = `This is a workbook (a spreadsheet or a zip archive) and not CSV. ${toCsv}`;

/** The first bytes of kinds of files. Workbooks of Excel and OpenDocument are zip archives. */
const starts: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], `The file is in UTF-16. ${saveAsUtf8}`],
  [[0xfe, 0xff], `The file is in UTF-16. ${saveAsUtf8}`],
  [[0x50, 0x4b, 0x03, 0x04], workbook],
  [[0x50, 0x4b, 0x05, 0x06], workbook],
  [[0xd0, 0xcf, 0x11, 0xe0], `This is a workbook in the old format of Excel and not CSV. ${toCsv}`],
  [[0x1f, 0x8b], 'The file is compressed. Send it as it is, without gzip.'],
  [[0x25, 0x50, 0x44, 0x46], `The file is a PDF and not CSV. ${saveAsUtf8}`],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], `The file is a formatted text (RTF) and not CSV. ${saveAsUtf8}`],
];
// Some programs give a web page or XML the name of a workbook.
const markup = /^(?:\u00EF\u00BB\u00BF)?\s*<(?:[!?]|html|table)/i;

function foreignKind(head: Uint8Array): string | null {
  const match = starts.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (match) return match[1];
  if (head.includes(0)) return `The file has NUL bytes: it is in UTF-16, or it is not text at all. ${saveAsUtf8}`;
  const text = String.fromCharCode(...head);
  return markup.test(text) ? `The file is a web page or XML and not CSV. ${saveAsUtf8}` : null;
}

function joined(head: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (head.length === 0) return bytes;
  const both = new Uint8Array(head.length + bytes.length);
  both.set(head);
  both.set(bytes, head.length);
  return both;
}
