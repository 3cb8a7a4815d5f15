// Changes single bytes of a good election, and single values of its documents, and compares what verifiers say:
// npx tsx test/tampered/fuzz.ts <number> 'node dist/popvote-verify.mjs' …
import { fuzz, fuzzSigned } from './fuzz-verifiers.ts';

const [count = '300', ...lines] = process.argv.slice(2);
const verifiers = lines.map((line) => ({ name: line, command: line.split(' ') }));
const log = (line: string): void => console.log(line);
const { rejected, harmless, faults } = await fuzz(verifiers, Number(count), log);
console.log(`${count} changes of bytes: ${rejected} rejected, ${harmless} harmless, ${faults.length} wrong`);
const disagreements = await fuzzSigned(verifiers, Number(count), log);
console.log(`${count} changes of values that are signed again: ${disagreements.length} disagreements`);
process.exitCode = faults.length + disagreements.length === 0 ? 0 : 1;
