// `npm run dev`: the local platform from the sources, and the pages from the sources with reload. A changed page is
// shown at once; a changed service is started again. Ctrl-C ends everything.
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import type { ViteDevServer } from 'vite';
import { zones } from '../../local/zone-environments.ts';
import { restartServices, startDevPlatform } from './dev-platform.ts';
import type { DevPlatform } from './dev-platform.ts';
import { servePanel, serveVoterPages } from './dev-servers.ts';
import { root } from './options.ts';

/** Pause between a change of a public page and the reload, in milliseconds: api is started again meanwhile. */
const reloadMs = 3_000;

const { values } = parseArgs({
  options: {
    'voter-port': { type: 'string', default: '8180' },
    'panel-port': { type: 'string', default: '8190' },
    json: { type: 'boolean', default: false },
  },
});

const platform = await startDevPlatform();
const voters = await serveVoterPages(platform.origins, Number(values['voter-port']));
const panel = await servePanel(platform.origins, Number(values['panel-port']));
if (!platform.running) followServices(platform, voters);
const addresses = { voters: addressOf(voters), panel: addressOf(panel) };
console.log(values.json ? JSON.stringify({ ...addresses, ...platform }) : summary(platform, addresses));

let ending = false;
const end = async (): Promise<void> => {
  if (ending) return;
  ending = true;
  await Promise.all([voters.close(), panel.close(), platform.end()]);
  process.exit();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
void platform.ended.then(end);

function followServices({ directory }: DevPlatform, server: ViteDevServer): void {
  server.watcher.add(`${root}/src`);
  server.watcher.on('change', (file) => {
    if (extname(file) !== '.ts') return;
    const names = restartServices(directory, file, zones);
    if (names.length === 0) return;
    console.log(`${file.slice(root.length + 1)} changed: ${names.join(', ')} is started again.`);
    setTimeout(() => server.ws.send({ type: 'full-reload' }), reloadMs);
  });
}

function addressOf(server: ViteDevServer): string {
  return server.resolvedUrls?.local[0] ?? '';
}

function summary(
  { origins, administrator, running, directory }: DevPlatform,
  addresses: Readonly<Record<'voters' | 'panel', string>>,
): string {
  const lines = [
    ['Voters, from the sources', addresses.voters],
    ['Panel, from the sources', addresses.panel],
    ['SMS simulator', `${origins.sms}/simulator`],
    ['API documentation', `${origins.api}/docs`],
    ['Data, keys, logs', directory],
  ];
  if (administrator !== null) {
    const { email, password } = administrator;
    lines.push(['Administrator', `${email}, one-time password ${password} (shown this once)`]);
  }
  if (running) lines.push(['Platform', 'was already running: its services do not restart when their sources change']);
  return `\n${lines.map(([name = '', value = '']) => `  ${name.padEnd(26)} ${value}`).join('\n')}\n`;
}
