// Attacker: reaches the port of the panel, first without an account, then with the password of one official. Wants to
// occupy connections with bodies that do not end, and to keep other officials from sending files.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf, rows, startBatches } from '../support/batches.ts';
import type { Batches } from '../support/batches.ts';
import { startPanel } from '../support/services/panel.ts';
import type { Panel } from '../support/services/panel.ts';

/** The time for requests that are no uploads, in milliseconds: twelve seconds outside tests. */
const requestMsMax = 1_000;

let batches: Batches;
let panel: Panel;
let electionId: string;
beforeAll(async () => {
  batches = await startBatches();
  const { control } = batches.accessOrigins;
  const origins = { access: control, officials: batches.officials.origin, elections: batches.officials.origin };
  panel = await startPanel(origins, { requestMsMax });
  electionId = await batches.election();
});
afterAll(async () => {
  await panel[Symbol.asyncDispose]();
  await batches[Symbol.asyncDispose]();
});

type Slow = { readonly socket: Socket; text(): string; readonly closed: Promise<number> };
/** Sends the head of a request and the beginning of its body, and no more. */
function sendSlowly(path: string, headers: Record<string, string>, text: string): Slow {
  const { hostname, port } = new URL(panel.origin);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (bytes) => (received += bytes.toString()));
  socket.on('error', () => undefined);
  const startMs = performance.now();
  const closed = new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now() - startMs)));
  const lines = Object.entries({ host: 'panel', 'content-length': '1000000', ...headers });
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`);
  return { socket, text: () => received, closed };
}
const uploadPath = (): string => `/api/officials/v1/batches?electionId=${electionId}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'text/csv' });

test('A body without an account ends in seconds, on every route', async () => {
  const json = { 'content-type': 'application/json' };
  const slow = [
    sendSlowly('/api/session', json, '{"email":'),
    sendSlowly('/api/access/v1/login', json, '{"email":'),
    sendSlowly(uploadPath(), { 'content-type': 'text/csv' }, csvOf(rows(1))),
    sendSlowly(uploadPath(), bearer('x.y.z'), csvOf(rows(1))),
    sendSlowly('/api/elections/v1/elections/e/roll', { 'content-type': 'text/csv' }, 'number\n'),
    sendSlowly('/nothing', json, '{'),
  ];
  const times = await Promise.all(slow.map(({ closed }) => closed));
  for (const ms of times) expect(ms).toBeLessThan(10 * requestMsMax);
  for (const upload of slow.slice(2, 5)) expect(upload.text()).toMatch(/^HTTP\/1\.1 401 /);
});

test('Slow uploads of one official do not keep others from sending, and a slow one is still read', async () => {
  const { official, other } = batches.people;
  const file = csvOf(rows(2));
  const headers = { ...bearer(official.tokens.accessToken), 'content-length': String(Buffer.byteLength(file)) };
  const slow = [0, 1, 2, 3, 4].map(() => sendSlowly(uploadPath(), headers, file.slice(0, 10)));
  const statuses = (): string[] => slow.map((each) => each.text().slice(9, 12)).sort();
  // The fifth has no place.
  await expect.poll(statuses).toEqual(['', '', '', '', '503']);
  const another = await batches.upload(electionId, csvOf(rows(1)));
  expect([another.body['code'], another.body['detail']]).toEqual(['busy', expect.stringMatching(/already/)]);
  const theirs = await fetch(panel.origin + uploadPath(), {
    method: 'POST',
    headers: bearer(other.tokens.accessToken),
    body: csvOf(rows(3)),
  });
  expect(theirs.status).toBe(202);
  // Longer than requests that are no uploads may take.
  await new Promise((resolve) => setTimeout(resolve, 2 * requestMsMax));
  for (const { socket } of slow) socket.write(file.slice(10));
  await expect.poll(statuses).toEqual(['202', '202', '202', '202', '503']);
  for (const { socket } of slow) socket.destroy();
});
