// All benches, one after the other, and one table of targets in the end. Run: npm run bench [-- --quick]
import { runAll } from './harness/run-all.ts';

const benches = [
  'token',
  'http',
  'dhondt',
  'tally',
  'csv',
  'commit',
  'ballot-http',
  'cast-e2e',
  'overload',
  'hold',
  'notify',
];
runAll(benches.map((file) => ({ file })));
