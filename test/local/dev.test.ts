// `npm run dev` in a copy of the sources: pages reload after a change without a build or a new start, a changed service is
// started again, and the panel's session works behind the development server.
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { allTexts } from '../../src/pages/public/languages/all-texts.ts';
import { languages, languageTags } from '../../src/pages/public/languages/languages.ts';
import { freePorts } from '../support/processes/child-process.ts';
import { chromiumPath, launch, openPage, withoutChromium } from '../support/pages/browser.ts';
import { until } from '../support/until.ts';

const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'popvote-dev-'));
type Dev = {
  readonly voters: string;
  readonly panel: string;
  readonly running: boolean;
  readonly directory: string;
  readonly origins: { readonly api: string };
  readonly administrator: { readonly email: string; readonly password: string } | null;
};
let child: ChildProcess;
let dev: Dev;

function startDev(): { readonly child: ChildProcess; readonly ready: Promise<Dev> } {
  const words = ['--import', 'tsx', 'src/pages/build/dev.ts', '--voter-port', '0', '--panel-port', '0', '--json'];
  const env = { PATH: process.env['PATH'] ?? '', ...freePorts };
  const started = spawn(process.execPath, words, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  started.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ready = new Promise<Dev>((resolve, reject) => {
    started.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [line = '', rest] = text.split('\n');
      if (rest !== undefined) resolve(JSON.parse(line) as Dev);
    });
    started.once('exit', () => reject(new Error(`The development servers ended at their start:\n${errors}`)));
  });
  return { child: started, ready };
}

async function endDev(started: ChildProcess): Promise<void> {
  const exit = once(started, 'exit');
  started.kill('SIGTERM');
  await exit;
}

function append(path: string, text: string): void {
  appendFileSync(join(copy, path), `\n${text}\n`);
}

/** The ids of the processes that the platform runs. */
function processes(): Record<string, number> {
  const text = readFileSync(join(dev.directory, 'processes.json'), 'utf8');
  const list = JSON.parse(text) as { name: string; pid: number }[];
  return Object.fromEntries(list.map(({ name, pid }) => [name, pid]));
}

const textAt = async (address: string, accept = '*/*'): Promise<string> =>
  (await fetch(address, { headers: { accept } })).text();

beforeAll(async () => {
  for (const name of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const started = startDev();
  child = started.child;
  dev = await started.ready;
}, 180_000);
afterAll(async () => {
  if (child.exitCode === null) await endDev(child);
  const moved = join(copy, '.popvote/postgres/MOVED');
  try {
    rmSync(readFileSync(moved, 'utf8').trim(), { recursive: true, force: true });
  } catch {
    // The database is in the folder itself.
  }
  rmSync(copy, { recursive: true, force: true });
}, 60_000);

test("The voters' page and the panel are served from the sources, without a build", async () => {
  expect(await textAt(dev.voters, 'text/html')).toContain('src="/voter/voter.ts"');
  expect(await textAt(`${dev.panel}elections/any`, 'text/html')).toContain('src="/panel/main.tsx"');
  expect(await textAt(`${dev.panel}preview`, 'text/html')).toContain('src="/panel/preview.ts"');
});

test('Every other path is answered by the platform', async () => {
  expect(await textAt(`${dev.voters}v1/elections`)).toBe(await textAt(`${dev.origins.api}/v1/elections`));
  expect(await textAt(`${dev.voters}simulator`, 'text/html')).toContain('simulator');
  const turnout = await textAt(`${dev.voters}turnout/rehearsal`, 'text/html');
  expect(turnout).toContain('href="/public/public.css"');
});

test('A changed module is served without a restart', async () => {
  const address = `${dev.panel}panel/panel.css`;
  expect(await textAt(address)).not.toContain('planted');
  append('src/pages/panel/panel.css', '.planted { color: red; }');
  await until(async () => (await textAt(address)).includes('planted'), 'the changed module');
});

test("The panel's cookies and its check of the origin work behind the development server", async () => {
  const body = JSON.stringify({ ...dev.administrator, newPassword: 'a quiet river under copper' });
  const from = (site: string) =>
    fetch(`${dev.panel}api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': site },
      body,
    });
  expect((await from('cross-site')).status).toBe(403);
  const answer = await from('same-origin');
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const account = await fetch(`${dev.panel}api/access/v1/account`, { headers: { cookie } });
  expect(account.status).toBe(200);
});

test('A second development server uses the running platform', { timeout: 60_000 }, async () => {
  const second = startDev();
  const other = await second.ready;
  expect(other).toMatchObject({ running: true, directory: dev.directory, origins: dev.origins });
  await endDev(second.child);
  expect((await fetch(`${dev.origins.api}/livez`)).status).toBe(200);
});

test('A changed service is restarted', { timeout: 60_000 }, async () => {
  const { api } = processes();
  append('src/pages/public/page-frame.ts', '// Changed.');
  await until(() => processes()['api'] !== api, 'a new process of api');
  await until(
    async () => (await textAt(`${dev.voters}v1/elections`).catch(() => '')).includes('rehearsal'),
    'its answer',
  );
});

describe.skipIf(chromiumPath === undefined)('The development server in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser.close());

  test.each(languageTags)("The voters' page works in %s", { timeout: 60_000 }, async (tag) => {
    const { lang } = languages[tag];
    const { page, context } = await openPage(browser, dev.voters.replace(/\/$/, ''), { locale: lang });
    await page.goto(dev.voters);
    await page.locator('main:not(.slow) h1').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
    expect(await page.locator('footer').textContent()).toContain(allTexts[tag].voter.secrecy);
    await context.close();
  });

  test('A change appears without a reload by hand', { timeout: 60_000 }, async () => {
    const { page, complaints } = await openPage(browser, dev.panel.replace(/\/$/, ''), {});
    await page.goto(dev.panel);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    append('src/pages/panel/app.tsx', "document.documentElement.dataset['planted'] = 'yes';");
    await page.locator('html[data-planted]').waitFor();
    expect(complaints.filter((line) => !line.startsWith('request to ws:'))).toEqual([]);
  });
});

if (chromiumPath === undefined) console.warn(withoutChromium);
