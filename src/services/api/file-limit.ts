// The limit of open files of this process, as a finding of `api`: each pending long-poll holds a connection.
import { readTextFile } from '../../platform/files.ts';
import type { Finding } from '../../protocol/control/system-api.ts';

/** Files and connections beside those of voters who wait. */
const otherFilesMax = 500;
/** Largest text of the limits, in bytes. */
const limitsBytesMax = 16_384;

export function fileLimitFindings(waitersMax: number, limit: number | null = openFilesMax()): readonly Finding[] {
  if (limit === null) return [];
  const check = 'open files';
  const observed = `${limit} for ${waitersMax} long-polls`;
  if (limit >= waitersMax + otherFilesMax) return [{ service: 'api', check, state: 'ok', observed }];
  const next = `Raise the limit (ulimits in docker-compose.yml) to ${waitersMax + otherFilesMax}, or lower API_WAITERS_MAX.`;
  return [{ service: 'api', check, state: 'warning', observed, next }];
}

/** Of Linux; null elsewhere and where there is no limit. Node has raised its own limit to the hard one. */
function openFilesMax(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readTextFile('/proc/self/limits', limitsBytesMax)) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
