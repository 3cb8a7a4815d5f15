// The parts of documents that are made of the recorded reports.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costsFrom } from './capacity/costs.ts';
import { costTable, machineTable, priceTable, simulationTable } from './capacity/tables.ts';
import { readRecords, resultTables, withGenerated } from './records.ts';

const root = join(import.meta.dirname, '../..');
/** The rush of docs/capacity.md. */
const rush = { voters: 10_000_000, seconds: 180 };

/** The documents as they are, and as they must be. */
export function generatedDocuments(): readonly {
  readonly path: string;
  readonly text: string;
  readonly generated: string;
}[] {
  const reports = readRecords();
  const costs = costsFrom(reports);
  const parts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'bench/README.md': { results: resultTables(reports) },
    'docs/capacity.md': {
      costs: costTable(costs),
      machines: machineTable(costs, rush),
      simulation: simulationTable(costs, rush),
      prices: priceTable(),
    },
  };
  return Object.entries(parts).map(([path, byName]) => {
    const text = readFileSync(join(root, path), 'utf8');
    const generated = Object.entries(byName).reduce(
      (document, [name, part]) => withGenerated(document, name, part),
      text,
    );
    return { path, text, generated };
  });
}

/** Writes them, and returns the paths of those that changed. */
export function writeGeneratedDocuments(): string[] {
  const changed = generatedDocuments().filter(({ text, generated }) => text !== generated);
  for (const { path, generated } of changed) writeFileSync(join(root, path), generated);
  return changed.map(({ path }) => path);
}
