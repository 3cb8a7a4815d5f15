// The logs of the local platform, bounded while their processes run: a long log is cut, and its end is kept beside it.
// The processes append, so they go on at the new end. Also the search for a line in what one start wrote.
import { createReadStream, createWriteStream, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

/** Size from which a log file is cut, and most of it that is kept in the file beside it, in bytes. */
export const logBytesMax = 20 * 1_024 * 1_024;
/** Interval between two looks at the logs, in milliseconds. */
const lookMs = 5_000;
/** Characters of a line that are shown. */
const shownCharactersMax = 300;
/** Number of lines of a log that are shown when a process does not start. */
const shownLinesMax = 12;

/** Keeps all logs of a folder bounded until it is stopped. The first look is before it returns. */
export async function boundLogs(
  directory: string,
  { bytesMax = logBytesMax, everyMs = lookMs } = {},
): Promise<{ stop(): void }> {
  await cutLogs(directory, bytesMax);
  let isCutting = false;
  const timer = setInterval(() => {
    if (isCutting) return;
    isCutting = true;
    // A full disk must not end the platform. It is tried again.
    void cutLogs(directory, bytesMax)
      .catch(() => undefined)
      .finally(() => (isCutting = false));
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}

async function cutLogs(directory: string, bytesMax: number): Promise<void> {
  for (const name of readdirSync(directory).filter((each) => each.endsWith('.log'))) {
    const file = join(directory, name);
    const size = sizeOf(file);
    if (size <= bytesMax) continue;
    const end = createReadStream(file, { start: size - bytesMax, end: size - 1 });
    await pipeline(end, createWriteStream(`${file}.1`, { mode: 0o600 }));
    truncateSync(file, 0);
  }
}

/** The size of a file in bytes; 0 if there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log, for the message that its process did not start. */
export const endOfLog = (file: string): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-shownLinesMax).join('\n');

/**
 * The first line that Redis marked as critical since its log had this size, in bytes: it lost data that it had confirmed.
 */
export async function criticalLine(file: string, sizeBefore: number): Promise<string | null> {
  const wasCut = sizeOf(file) < sizeBefore;
  const parts = wasCut ? [`${file}.1`, file] : [file];
  for (const part of parts) {
    const input = createReadStream(part, { start: wasCut ? 0 : sizeBefore });
    try {
      for await (const line of createInterface({ input })) {
        if (line.includes('CRITICAL')) return line.slice(0, shownCharactersMax);
      }
    } finally {
      input.destroy();
    }
  }
  return null;
}
