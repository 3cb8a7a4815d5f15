// Writes the test vectors again: npx tsx test/vectors/make.ts
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeLogFiles } from '../support/record/log-files.ts';
import { vectorFiles } from './vector-files.ts';

rmSync(join(import.meta.dirname, 'elections'), { recursive: true, force: true });
const files = vectorFiles();
writeLogFiles(import.meta.dirname, files);
console.log(`${files.size} files`);
