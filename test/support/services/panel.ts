// The panel's service before real `access` and `officials`, with an upstream in the place of `elections` that says what
// reached it; and a browser's cookies, as far as a program needs them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Agent } from 'undici';
import { createAccessCalls } from '../../../src/services/panel/access-calls.ts';
import { buildPanelApp } from '../../../src/services/panel/app.ts';
import { createPanelLogic } from '../../../src/services/panel/logic.ts';
import { reachable } from '../../../src/services/panel/reachable.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { goodPassword } from './access.ts';
import { createLogProbe } from '../log.ts';

export type Reached = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders };
export type Upstream = AsyncDisposable & {
  readonly origin: string;
  readonly reached: Reached[];
  /** What is done with the next request instead of reading and answering it. */
  next(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
};

/** Answers every request with 200 and the number of bytes of its body. */
export async function startUpstream(): Promise<Upstream> {
  const reached: Reached[] = [];
  let handler: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  const server = createServer((request, response) => {
    reached.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const special = handler;
    handler = null;
    if (special) {
      special(request, response);
      return;
    }
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ bytes })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    next: (replacement) => (handler = replacement),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Panel = AsyncDisposable & { readonly app: App; readonly origin: string; readonly log: () => string };

export async function startPanel(
  origins: Readonly<Record<'access' | 'elections' | 'officials', string>>,
  { secureCookies = false, requestMsMax }: { secureCookies?: boolean; requestMsMax?: number } = {},
): Promise<Panel> {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-panel-'));
  mkdirSync(join(folder, 'assets'));
  for (const name of ['panel.html', 'preview.html', 'assets/a.js']) writeFileSync(join(folder, name), `<p>${name}</p>`);
  const dispatcher = new Agent();
  const { logger, text } = createLogProbe('panel');
  const app = await buildPanelApp({
    logic: createPanelLogic({
      access: createAccessCalls({ origin: origins.access, dispatcher }),
      secureCookies,
      clock: Date.now,
    }),
    origins,
    callsTls: undefined,
    votersOrigin: null,
    logger,
    metrics: createMetrics('panel'),
    version: { version: '0', node: '0' },
    checks: reachable(origins, dispatcher),
    pages: pathToFileURL(`${folder}/`),
    ...(requestMsMax !== undefined && { requestMsMax }),
    http: { shedAtLoopDelayMs: 0 },
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    origin,
    log: text,
    async [Symbol.asyncDispose]() {
      await app.close();
      await dispatcher.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Asked = {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly code: string;
};
type What = { readonly body?: object; readonly headers?: Readonly<Record<string, string>> };

/** A browser's cookies at one panel. What an answer sets is kept; what it clears is gone. */
export class Jar {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;
  constructor(origin: string) {
    this.#origin = origin;
  }
  async ask(method: string, path: string, { body, headers }: What = {}): Promise<Asked> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#origin + path, {
      method,
      headers: {
        ...(cookie && { cookie }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) this.#take(line);
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const { code = 'none' } = (isJson ? JSON.parse(text) : {}) as { code?: string };
    return { status: response.status, text, headers: response.headers, code };
  }
  signIn(email: string, password = goodPassword, more: object = {}): Promise<Asked> {
    return this.ask('POST', '/api/session', { body: { email, password, ...more } });
  }
  #take(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0(?:;|$)/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
