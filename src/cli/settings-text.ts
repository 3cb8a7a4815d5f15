// A setting of a service as `popvote doctor` reads it. One that is missing or unreadable is a finding of the configuration.
import type { Environment } from '../platform/environment.ts';
import { readTextFile } from '../platform/files.ts';

/** The text of NAME, or of the file NAME_FILE. */
export function settingText(name: string, environment: Environment): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined) return environment[name];
  try {
    return readTextFile(file).trim();
  } catch {
    return undefined;
  }
}

/** A setting that is JSON; null where it is not. */
export function settingJson(name: string, environment: Environment): unknown {
  try {
    return JSON.parse(settingText(name, environment) ?? 'null');
  } catch {
    return null;
  }
}
