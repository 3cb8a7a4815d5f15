// Writes the tables of bench/README.md and docs/capacity.md from the recorded reports. `npm run bench -- --record` does it at
// its end. Run: npx tsx bench/tables.ts
import { writeGeneratedDocuments } from './harness/documents.ts';

process.stdout.write(`Written: ${writeGeneratedDocuments().join(', ') || 'nothing, all are as they must be'}\n`);
