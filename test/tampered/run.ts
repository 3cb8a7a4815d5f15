// Runs verifiers over the good and the tampered elections: npx tsx test/tampered/run.ts 'node dist/popvote-verify.mjs' …
import { goodElections, tamperedElections } from './elections.ts';
import type { GivenElection } from './elections.ts';
import { differencesOf, verifyEach } from './verifiers.ts';

const verifiers = process.argv.slice(2).map((line) => ({ name: line, command: line.split(' ') }));
let faults = 0;
function compare(
  what: string,
  expected: string,
  { lines, texts }: { readonly lines: string[]; readonly texts: string[] },
): void {
  const right = lines.every((line) => line === expected);
  const differences = differencesOf(texts);
  if (!right || differences.length > 0) faults += 1;
  console.log(`${right && differences.length === 0 ? 'ok   ' : 'WRONG'} ${what}: ${expected}`);
  if (!right) for (const [n, line] of lines.entries()) console.log(`        ${verifiers[n]?.name ?? ''}: ${line}`);
  for (const difference of differences) console.log(`        ${difference}`);
}

/** The exit code and the reasons, in one line, and the whole report. A verifier without a report has its error in both. */
async function linesOf(election: GivenElection): Promise<{ readonly lines: string[]; readonly texts: string[] }> {
  const answers = await verifyEach(verifiers, election);
  return {
    lines: answers.map((answer) =>
      answer instanceof Error
        ? answer.message
        : [answer.exit, ...answer.report.failures.map(({ reason }) => reason)].join(' '),
    ),
    texts: answers.map((answer) => (answer instanceof Error ? answer.message : answer.text)),
  };
}

for (const { name, exit, make } of goodElections) compare(name, `${exit}`, await linesOf(make()));
for (const { number, change, reason, make } of tamperedElections)
  compare(`${number} ${change}`, `1 ${reason}`, await linesOf(make()));
console.log(faults === 0 ? 'All reports are right and equal.' : `${faults} differences`);
process.exitCode = faults === 0 ? 0 : 1;
