// How many machines so many voters need: computed from the recorded reports, and a simulation of what voters feel with fewer.
// Run: npx tsx bench/capacity.ts [--voters 10000000] [--seconds 180]. docs/capacity.md has the tables for the defaults.
import { parseArgs } from 'node:util';
import { costsFrom } from './harness/capacity/costs.ts';
import { costTable, machineTable, priceTable, simulationTable } from './harness/capacity/tables.ts';
import { readRecords } from './harness/records.ts';

const { values } = parseArgs({
  options: {
    voters: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '180' },
  },
});
const rush = { voters: Number(values.voters), seconds: Number(values.seconds) };
if (!Object.values(rush).every((value) => Number.isSafeInteger(value) && value > 0)) {
  throw new Error('--voters and --seconds are whole numbers above 0.');
}
const costs = costsFrom(readRecords());
process.stdout.write(
  `${[costTable(costs), machineTable(costs, rush), simulationTable(costs, rush), priceTable()].join('\n\n')}\n`,
);
