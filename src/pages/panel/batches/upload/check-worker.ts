// The web worker that checks a file, so that a file of a million rows does not freeze the page. It receives the file
// and the contests, reports the bytes read, and then the findings. It makes no request and stores nothing.
import { checkFile } from './check-file.ts';
import type { CheckedElection, CheckedFile } from './check-file.ts';

/** Shortest time between two progress reports, in milliseconds. */
const tellMs = 100;

export type CheckRequest = CheckedElection & { readonly file: Blob };
export type CheckAnswer =
  | { readonly kind: 'reading'; readonly bytes: number }
  | { readonly kind: 'done'; readonly checked: CheckedFile }
  /** The file is unreadable: it was moved or changed after it was selected. */
  | { readonly kind: 'unreadable' };

addEventListener('message', ({ data }: MessageEvent<CheckRequest>) => void check(data));

async function check({ file, ...election }: CheckRequest): Promise<void> {
  let reportedAt = 0;
  const tell = (answer: CheckAnswer): void => postMessage(answer);
  try {
    const checked = await checkFile(partsOf(file), election, (bytes) => {
      const now = performance.now();
      if (now - reportedAt < tellMs) return;
      reportedAt = now;
      tell({ kind: 'reading', bytes });
    });
    tell({ kind: 'done', checked });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    tell({ kind: 'unreadable' });
  }
}

// Not every browser can iterate over streams yet.
async function* partsOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
