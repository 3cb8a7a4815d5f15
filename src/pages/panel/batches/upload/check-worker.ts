// The worker of the page that checks a file: a file of a million rows must not freeze what is shown. It gets the file and
// the contests, tells how many bytes it has read, and then what it found. It asks no server and keeps nothing.
import type { Contest } from '../../../../domain/election.ts';
import { checkFile } from './check-file.ts';
import type { CheckedFile } from './check-file.ts';

/** Shortest pause between two tellings of how far it is, in milliseconds. */
const tellMs = 100;

export type CheckRequest = { readonly file: Blob; readonly electionId: string; readonly contests: readonly Contest[] };
export type CheckAnswer =
  | { readonly kind: 'reading'; readonly bytes: number }
  | { readonly kind: 'done'; readonly checked: CheckedFile }
  /** The file cannot be read any more: it was moved or changed since it was chosen. */
  | { readonly kind: 'unreadable' };

addEventListener('message', ({ data }: MessageEvent<CheckRequest>) => void check(data));

async function check({ file, ...election }: CheckRequest): Promise<void> {
  let toldAt = 0;
  const tell = (answer: CheckAnswer): void => postMessage(answer);
  try {
    const checked = await checkFile(partsOf(file), election, (bytes) => {
      const now = performance.now();
      if (now - toldAt < tellMs) return;
      toldAt = now;
      tell({ kind: 'reading', bytes });
    });
    tell({ kind: 'done', checked });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    tell({ kind: 'unreadable' });
  }
}

// Streams cannot be walked through everywhere yet.
async function* partsOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
