// The further checks of `popvote doctor --production`: what an installation must have before an election that counts, beside what
// each service checks on itself.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addressesOf } from '../domain/text/host-list.ts';
import type { Environment } from '../platform/environment.ts';
import { postgresUrl } from '../platform/environment-fields.ts';
import { readTextFile } from '../platform/files.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { loadEnvironmentSchema } from './services.ts';
import type { Launchable } from './services.ts';
import { settingJson, settingText } from './settings-text.ts';

/** Age of the last archived part of the write-ahead log from which a restore would lose too much, in seconds. */
const archivedSecondsMax = 86_400;
/** Age from which the last backup is too old, in seconds: that of the alert BackupIsOld. */
const backupSecondsMax = 691_200;
/** Longest wait for the answer about the clock, in milliseconds. */
const clockMsMax = 3_000;
/** Largest file about this machine that is read, in bytes. */
const machineFileBytesMax = 65_536;

type Judge = (check: string, fine: boolean, observed: string, next: string, worst?: 'warning' | 'failed') => Finding;
const judgeOf =
  (service: string): Judge =>
  (check, fine, observed, next, worst = 'failed') => ({
    service,
    check,
    state: fine ? 'ok' : worst,
    observed,
    ...(!fine && { next }),
  });

/** Files of Linux about this machine and this process; another folder in tests. */
export async function machineFindings(proc = '/proc'): Promise<readonly Finding[]> {
  const judge = judgeOf('machine');
  const limits = readMachineFile(`${proc}/self/limits`);
  const swaps = readMachineFile(`${proc}/swaps`);
  if (limits === null || swaps === null) {
    const next = 'Check on the machine of the service that swap is off or encrypted, and that core dumps are off.';
    return [judge('memory', false, 'cannot be read here', next, 'warning'), await clockFindingOf(judge)];
  }
  const core = /^Max core file size\s+(\S+)/m.exec(limits)?.[1] ?? 'unknown';
  const areas = swaps.trim().split('\n').length - 1;
  return [
    judge('core dumps', core === '0', core === '0' ? 'off' : core, 'A dump has keys and ballots: ulimit -c 0.'),
    judge(
      'swap',
      areas === 0,
      areas === 0 ? 'off' : `${areas} on`,
      'Memory with keys and ballots may be written to it: swapoff -a, or encrypt it.',
      'warning',
    ),
    await clockFindingOf(judge),
  ];
}

function readMachineFile(path: string): string | null {
  try {
    return readTextFile(path, machineFileBytesMax);
  } catch {
    return null;
  }
}

async function clockFindingOf(judge: Judge): Promise<Finding> {
  const check = 'clock synchronization';
  try {
    const words = ['show', '--property=NTPSynchronized', '--value'];
    const { stdout } = await promisify(execFile)('timedatectl', words, { timeout: clockMsMax });
    const observed = stdout.trim() === 'yes' ? 'yes' : 'no';
    return judge(check, observed === 'yes', observed, 'Start a time service: timedatectl set-ntp true.');
  } catch {
    const next = 'Check on the machine that its clock follows a time service: timedatectl, or chronyc tracking.';
    return judge(check, false, 'cannot be asked here', next, 'warning');
  }
}

/** What the configuration of a service must have, and its databases. Never rejects. */
export async function productionFindings(service: Launchable, environment: Environment): Promise<readonly Finding[]> {
  const names = Object.keys((await loadEnvironmentSchema(service)).shape);
  const databases = names.filter((name) => name.endsWith('DATABASE_URL'));
  const inspected = await Promise.all(databases.map((name) => databaseFindings(service, name, environment)));
  return [...configurationFindings(service, environment), ...inspected.flat()];
}

function configurationFindings(service: Launchable, environment: Environment): readonly Finding[] {
  const judge = judgeOf(service);
  const text = (name: string): string => settingText(name, environment) ?? '';
  const set = (name: string): boolean => text(name) !== '';
  const findings: Finding[] = [];
  if (service === 'api' || service === 'panel') {
    const prefix = service.toUpperCase();
    const way = set(`${prefix}_TLS_KEY`) ? 'TLS' : set(`${prefix}_TRUSTED_PROXIES`) ? 'behind a proxy' : 'neither';
    const next = `Set ${prefix}_TLS_KEY_FILE and ${prefix}_TLS_CERT_FILE, or name the proxy that ends TLS in ${prefix}_TRUSTED_PROXIES.`;
    findings.push(judge('TLS or a proxy', way !== 'neither', way, next));
  }
  if (service === 'panel') {
    const cookies = text('PANEL_COOKIES');
    const next = 'Remove PANEL_COOKIES=plain: the sessions of administrators would be sent without TLS.';
    findings.push(judge('cookies', cookies !== 'plain', cookies === 'plain' ? 'plain' : 'only over TLS', next));
  }
  if (service === 'sms') {
    const real = ['', 'production'].includes(text('POPVOTE_MODE'));
    const next = 'Set POPVOTE_MODE=production and a real provider.';
    findings.push(judge('mode', real, real ? 'production' : 'not production', next));
  }
  if (service === 'mixer' || service === 'ballots') {
    const prefix = service.toUpperCase();
    const copies = Number(text(`${prefix}_KEY_COPIES`));
    const place = service === 'mixer' ? 'this mixer' : 'the folder that the replicas share';
    const observed = copies > 0 ? `on ${copies} more` : `only on ${place}`;
    const next =
      `Its disk is then the only one whose loss loses votes. Run another ${service} with a folder of its own, and set ` +
      `${prefix}_PEERS and ${prefix}_KEY_COPIES: see docs/keys.md.`;
    const check = service === 'mixer' ? 'copies of hourly keys' : 'copies of election keys';
    findings.push(judge(check, copies > 0, observed, next, 'warning'));
  }
  if (service === 'elections') {
    const { quorum = 0 } = (settingJson('ELECTIONS_WITNESSES', environment) ?? {}) as { quorum?: number };
    const observed = set('ELECTIONS_LOG_HOST') ? `a public log, ${quorum} witnesses` : 'no public log';
    const next = 'Set ELECTIONS_LOG_HOST and ELECTIONS_WITNESSES: see docs/public-log.md.';
    findings.push(judge('public log', set('ELECTIONS_LOG_HOST') && quorum > 0, observed, next, 'warning'));
  }
  return findings;
}

/** Whether an archive or a backup of this age, in seconds, is recent enough; null: there is none. */
export const isRecent = (what: 'archive' | 'backup', ageSeconds: number | null): boolean =>
  ageSeconds !== null && ageSeconds <= (what === 'archive' ? archivedSecondsMax : backupSecondsMax);

async function databaseFindings(service: string, name: string, environment: Environment): Promise<readonly Finding[]> {
  const url = settingText(name, environment);
  // An invalid or unreachable address is a finding of the checks that every service makes.
  if (!postgresUrl.safeParse(url).success) return [];
  const { inspectDurability } = await import('../store/administration.ts');
  const durability = await inspectDurability(String(url)).catch(() => null);
  if (durability === null) return [];
  const { fsync, fullPageWrites, checksums, standbyNames, encrypted } = durability;
  const { archiving, archivedSecondsAgo: age, backupSecondsAgo: backupAge } = durability;
  const judge = judgeOf(service);
  const isVerified = encrypted && verifiesServer(String(url));
  const safe = fsync && fullPageWrites;
  const current = archiving && isRecent('archive', age);
  const archived = age === null ? 'nothing archived yet' : `archived ${Math.round(age / 60)} minutes ago`;
  return [
    judge(`${name} fsync`, safe, safe ? 'on' : 'off', 'Set fsync = on and full_page_writes = on.'),
    judge(
      `${name} checksums`,
      checksums,
      checksums ? 'on' : 'off',
      'Stop the server and run pg_checksums --enable.',
      'warning',
    ),
    judge(
      `${name} standby`,
      standbyNames !== '',
      standbyNames === '' ? 'none' : standbyNames,
      'Set synchronous_standby_names: without a second copy the loss of one disk loses votes. See docs/operations.md.',
    ),
    judge(
      `${name} archive`,
      current,
      archiving ? archived : 'archive_mode is off',
      'Archive the write-ahead log and make backups: see deploy/runbooks/backup.md, and restore.md beside it.',
    ),
    judge(
      `${name} backup`,
      isRecent('backup', backupAge),
      backupAge === null ? 'none known' : `${Math.round(backupAge / 3_600)} hours ago`,
      'Make one that writes its time: see deploy/runbooks/backup.md. The archive alone restores nothing.',
    ),
    judge(
      `${name} encryption`,
      isVerified,
      isVerified ? 'TLS' : encrypted ? 'TLS, but any server would do' : 'none',
      'Add sslmode=verify-full to the address, except inside one machine or an encrypted network.',
      'warning',
    ),
  ];
}

/** Whether the driver compares the certificate of the server with the name in this address. */
function verifiesServer(url: string): boolean {
  const { searchParams } = new URL(addressesOf(url)[0] ?? url);
  const mode = searchParams.get('sslmode');
  return searchParams.get('uselibpqcompat') === 'true' ? mode === 'verify-full' : mode !== 'no-verify';
}
