// All drills, one after the other: faults on the platform as it ships, while people vote. Run: npm run drills [-- --quick]
import { runAll } from './harness/run-all.ts';

runAll(['chaos', 'cuts', 'lost-texts', 'power-cut']);
