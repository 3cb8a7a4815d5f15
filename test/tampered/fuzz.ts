// Changes single bytes of a good election, and single values of its documents, and compares what verifiers say:
// npx tsx test/tampered/fuzz.ts --bytes 10000 --values 10000 'node dist/popvote-verify.mjs' …
import { parseArgs } from 'node:util';
import { fuzz, fuzzSigned } from './fuzz-verifiers.ts';

const { values, positionals } = parseArgs({
  options: { bytes: { type: 'string', default: '300' }, values: { type: 'string', default: '300' } },
  allowPositionals: true,
});
const verifiers = positionals.map((line) => ({ name: line, command: line.split(' ') }));
const log = (line: string): void => console.log(line);
const { rejected, harmless, faults } = await fuzz(verifiers, Number(values.bytes), log);
console.log(`${values.bytes} changes of bytes: ${rejected} rejected, ${harmless} harmless, ${faults.length} wrong`);
const disagreements = await fuzzSigned(verifiers, Number(values.values), log);
console.log(`${values.values} changes of values that are signed again: ${disagreements.length} disagreements`);
process.exitCode = faults.length + disagreements.length === 0 ? 0 : 1;
