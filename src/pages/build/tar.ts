// Tar archives (POSIX ustar) that are made of names and bytes alone, so that the same files always have the same hash.

/** In bytes: a header is one block, and a file fills whole ones. */
const block = 512;
/** What the header has for the path, in bytes. */
const pathRoom = 100;
/** Every file is of 1980. Older programs complain about files of 1970. */
const fileTime = Date.UTC(1980, 0) / 1_000;

export type ArchivedFile = readonly [path: string, bytes: Buffer];

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

function headerOf([path, bytes]: ArchivedFile): Buffer {
  if (Buffer.byteLength(path) > pathRoom) throw new Error(`The path is too long for the archive: ${path}`);
  const header = Buffer.alloc(block);
  const fields: readonly (readonly [at: number, text: string])[] = [
    [0, path],
    // Everyone may read it; it belongs to number 0.
    [100, octal(0o644, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(bytes.length, 11)],
    [136, octal(fileTime, 11)],
    // The sum of the header is made with spaces in its own place.
    [148, ' '.repeat(8)],
    // An ordinary file.
    [156, '0'],
    [257, 'ustar\0' + '00'],
  ];
  for (const [at, text] of fields) header.write(text, at);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

/** The archive of the files, in the order that they have. */
export function tarOf(files: readonly ArchivedFile[]): Buffer {
  const parts = files.flatMap((file) => {
    const [, bytes] = file;
    return [headerOf(file), bytes, Buffer.alloc(-bytes.length & (block - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}
