// Loaded before the program of a process under test: its clock is ahead of the true one by the milliseconds that a file
// holds, and follows the file while the process runs. Passed time (`performance.now`, timers) is left alone, as on a
// machine whose clock is set.
import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

const file = new URL(import.meta.url).searchParams.get('file');
const TrueDate = Date;
const trueNow = Date.now.bind(Date);
let aheadMs = 0;

function read() {
  try {
    const text = readFileSync(file, 'utf8');
    // Empty while it is written.
    if (text !== '') aheadMs = Number(text);
  } catch {
    aheadMs = 0;
  }
}

// By an event: to look again and again would cost every process a part of a processor.
watch(dirname(file), { persistent: false }, (_event, name) => {
  if (name === basename(file)) read();
});
read();
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, words, self) => Reflect.construct(target, words.length > 0 ? words : [TrueDate.now()], self),
});
TrueDate.now = () => trueNow() + aheadMs;
