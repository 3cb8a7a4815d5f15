// All benches, one after the other, and one table of targets in the end.
// Run: npm run bench [-- --quick] [--only token,commit] [--record] [--node PATH]
import { runAll } from './harness/run-all.ts';

const benches = [
  'token',
  'http',
  'log-tiles',
  'dhondt',
  'tally',
  'csv',
  'commit',
  'ballot-http',
  'cast-e2e',
  'simple',
  'overload',
  'hold',
  'notify',
].map((file) => ({ file }));
const longer = ['beside', 'k6'].map((file) => ({ file, onlyInFull: true as const }));
runAll([...benches, ...longer]);
