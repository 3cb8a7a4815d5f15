// The file .env beside docker-compose.yml, from which Compose reads variables.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Adds a variable that the file does not set, and says whether it did. */
export function addComposeVariable(path: string, name: string, value: string): boolean {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (new RegExp(`^[ \\t]*(export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text)) return false;
  const newLine = text === '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync(path, `${newLine}${name}=${value}\n`);
  return true;
}
