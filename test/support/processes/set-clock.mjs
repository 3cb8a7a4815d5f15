// Loaded before the program of a process under test: its clock is ahead of the true one by the milliseconds that a file
// holds, and follows the file while the process runs. Passed time (`performance.now`, timers) is left alone, as on a
// machine whose clock is set.
import { readFileSync } from 'node:fs';

const file = new URL(import.meta.url).searchParams.get('file');
const TrueDate = Date;
const trueNow = Date.now.bind(Date);
let aheadMs = 0;

function read() {
  try {
    aheadMs = Number(readFileSync(file, 'utf8'));
  } catch {
    aheadMs = 0;
  }
}

read();
setInterval(read, 20).unref();
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, words, self) => Reflect.construct(target, words.length > 0 ? words : [TrueDate.now()], self),
});
TrueDate.now = () => trueNow() + aheadMs;
