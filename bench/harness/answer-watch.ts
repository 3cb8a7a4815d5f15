// Answers that voters may not meet while the platform is worked on: anything but what was asked for, 429, and 503, both with the
// time after which to come again.
import type { NoteAnswer } from './drill.ts';
import { problemOf } from './voter.ts';

export class AnswerWatch {
  readonly #counts = new Map<string, number>();
  readonly #waits = new Map<string, number>();

  readonly note: NoteAnswer = (request, answer) => {
    const [method = '', path = ''] = (request.split(' HTTP/', 1)[0] ?? '').split(' ');
    const route = `${method} ${path.split('?', 1)[0] ?? ''}`;
    if (answer instanceof Error) {
      add(this.#counts, `${route}: ${answer.message}`);
      return;
    }
    const { status, retryAfterSeconds } = answer;
    if (status >= 200 && status < 300) return;
    const mayWait = (status === 429 || status === 503) && retryAfterSeconds > 0;
    add(mayWait ? this.#waits : this.#counts, `${route}: ${problemOf(answer)}`);
  };

  /** What was rejected, each kind with its number. */
  get kinds(): readonly string[] {
    return [...this.#counts].map(([what, count]) => `${count} times ${what}`);
  }

  /** What was asked to come again, by route and status. */
  get waits(): ReadonlyMap<string, number> {
    return this.#waits;
  }
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
