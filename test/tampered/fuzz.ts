// Changes single bytes of a good election and compares what verifiers say:
// npx tsx test/tampered/fuzz.ts <number> 'node dist/popvote-verify.mjs' …
import { fuzz } from './fuzz-verifiers.ts';

const [count = '300', ...lines] = process.argv.slice(2);
const verifiers = lines.map((line) => ({ name: line, command: line.split(' ') }));
const { rejected, harmless, faults } = await fuzz(verifiers, Number(count), (line) => console.log(line));
console.log(`${count} changes: ${rejected} rejected, ${harmless} harmless, ${faults.length} wrong`);
process.exitCode = faults.length === 0 ? 0 : 1;
