// The file .env beside docker-compose.yml, from which Compose reads variables.
import { appendFileSync, existsSync } from 'node:fs';
import { readTextFile } from '../platform/files.ts';

/** Adds a variable that the file does not set, and says whether it did. */
export function addComposeVariable(path: string, name: string, value: string): boolean {
  const text = existsSync(path) ? readTextFile(path) : '';
  if (new RegExp(`^[ \\t]*(export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text)) return false;
  const newLine = text === '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync(path, `${newLine}${name}=${value}\n`);
  return true;
}
