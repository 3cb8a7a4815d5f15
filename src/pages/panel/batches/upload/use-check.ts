// The check of a file in a worker, with its progress. A new file replaces the previous one; leaving the page ends the
// check.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Station } from '../../../../domain/paper.ts';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import type { CheckedFile } from './check-file.ts';
import type { CheckAnswer, CheckRequest } from './check-worker.ts';

export type Check =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly file: File; readonly bytes: number }
  | { readonly kind: 'done'; readonly file: File; readonly checked: CheckedFile }
  | { readonly kind: 'unreadable' };

export type Checking = {
  readonly check: Check;
  start(file: File, election: PublicElection, station: Station | null): void;
  /** Ends a running check and forgets the file. */
  clear(): void;
};

export function useCheck(): Checking {
  const [check, setCheck] = useState<Check>({ kind: 'none' });
  const worker = useRef<Worker | null>(null);
  const end = (): void => {
    worker.current?.terminate();
    worker.current = null;
  };
  useEffect(() => end, []);
  return {
    check,
    start(file, { id: electionId, contests }, station) {
      end();
      setCheck({ kind: 'reading', file, bytes: 0 });
      const started = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' });
      worker.current = started;
      started.addEventListener('message', ({ data }: MessageEvent<CheckAnswer>) => {
        if (data.kind === 'reading') setCheck({ ...data, file });
        else {
          end();
          setCheck(data.kind === 'done' ? { ...data, file } : data);
        }
      });
      // The worker did not load, or it has a bug: there is no verdict on the file.
      started.addEventListener('error', () => {
        end();
        setCheck({ kind: 'unreadable' });
      });
      started.postMessage({ file, electionId, contests, station } satisfies CheckRequest);
    },
    clear() {
      end();
      setCheck({ kind: 'none' });
    },
  };
}
