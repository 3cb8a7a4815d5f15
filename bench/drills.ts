// All drills, one after the other: faults on the platform as it ships, while people vote. Run: npm run drills [-- --quick]
import { runAll } from './harness/run-all.ts';

const drills = [
  'chaos',
  'cuts',
  'half-close',
  'lost-texts',
  'clocks',
  'standby',
  'lost-keys',
  'upgrade',
  'patroni',
  'sentinel',
  'restore',
  'backup',
  'paper',
  'public-log',
  'disk-full',
  'power-cut',
  'alerts',
];

runAll([
  ...drills.map((name) => ({ file: `drills/${name}` })),
  { file: 'overload', quick: ['--only', 'load', '--size', '5'] },
]);
