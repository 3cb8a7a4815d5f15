// The generators' HTTP/1.1 client: prebuilt requests over kept-alive connections, one at a time on each. It is our own
// because a generator shares the machine with what it measures: undici, measured beside it on two cores, takes 38 µs of
// processor per request where this takes 18. It reads only what our services send (a status, a content-length, a body)
// and rejects everything else.
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Longest wait for a connection, in milliseconds. */
const connectMsMax = 5_000;
/** Longest wait for an answer, in milliseconds: above the longest hold (30 s). */
const answerMsMax = 45_000;
/** Largest answer that is read, in characters. */
const answerCharactersMax = 4_000_000;

export type Origin = { readonly host: string; readonly port: number; readonly secure: boolean };
export type Answer = { readonly status: number; readonly body: string; readonly retryAfterSeconds: number };

/** The connection broke or nothing came: whether the request was acted upon is not known. */
export class NoAnswer extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoAnswer';
  }
}

export function originOf(url: string): Origin {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'https:';
  return { host: hostname, port: port === '' ? (secure ? 443 : 80) : Number(port), secure };
}

/** A request as it goes over the wire. */
export function requestText(
  origin: Origin,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  options: { readonly token?: string; readonly body?: unknown } = {},
): string {
  const body = options.body === undefined ? '' : JSON.stringify(options.body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${origin.host}:${origin.port}`];
  if (options.token !== undefined) lines.push(`authorization: Bearer ${options.token}`);
  if (options.body !== undefined) {
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

// One timer for all connections that wait for an answer: ten thousand of their own would be felt.
const awaiting = new Set<Connection>();
setInterval(() => {
  for (const connection of awaiting) connection.giveUpWhenLate();
}, 1_000).unref();

type Pending = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

export class Connection {
  readonly #socket: Socket;
  #pending: Pending | undefined;
  #received = '';
  #deadlineMs = 0;
  /** False once the server has ended it or said that it will. */
  usable = true;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // Bodies are JSON in UTF-8 and lengths are bytes: latin1 keeps one character for each byte until the end.
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => this.#read(String(chunk)));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the connection was closed'));
  }

  static open(origin: Origin, localAddress?: string): Promise<Connection> {
    const { host, port, secure } = origin;
    return new Promise((resolve, reject) => {
      const options = { host, port, ...(localAddress !== undefined && { localAddress }) };
      const socket = secure ? connectTls({ ...options, servername: host }) : connectTcp(options);
      const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), connectMsMax);
      const onError = (error: Error): void => {
        clearTimeout(timer);
        reject(new NoAnswer(error.message));
      };
      socket.once('error', onError);
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        socket.off('error', onError);
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends one request and waits for its answer; rejects with `NoAnswer`. */
  request(text: string): Promise<Answer> {
    if (!this.usable || this.#pending) return Promise.reject(new NoAnswer('the connection is not free'));
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#deadlineMs = performance.now() + answerMsMax;
      awaiting.add(this);
      this.#socket.write(text);
    });
  }

  giveUpWhenLate(): void {
    if (performance.now() > this.#deadlineMs) this.#fail('no answer in time');
  }

  close(): void {
    this.usable = false;
    awaiting.delete(this);
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (!(length <= answerCharactersMax)) {
      this.#fail('an answer without a usable content-length');
      return;
    }
    const end = headEnd + 4 + length;
    if (this.#received.length < end) return;
    const body = this.#received.slice(headEnd + 4, end);
    this.#received = this.#received.slice(end);
    if (/\r\nconnection: close/i.test(head)) this.usable = false;
    const pending = this.#pending;
    this.#pending = undefined;
    awaiting.delete(this);
    pending?.resolve({
      status: Number(head.slice(9, 12)),
      body: Buffer.from(body, 'latin1').toString('utf8'),
      retryAfterSeconds: Number(/\r\nretry-after: (\d+)/i.exec(head)?.[1] ?? 0),
    });
    if (!this.usable) this.close();
  }

  #fail(reason: string): void {
    this.close();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(new NoAnswer(reason));
  }
}

/** Kept-alive connections to one origin: a free one serves, or a new one up to the bound, or one waits. */
export class ConnectionPool {
  readonly #origin: Origin;
  readonly #connectionsMax: number;
  readonly #localAddresses: readonly string[];
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #opened = 0;

  /** `localAddresses` are source addresses to spread over, in turn; none leaves the choice to the system. */
  constructor(origin: Origin, connectionsMax: number, localAddresses: readonly string[] = []) {
    this.#origin = origin;
    this.#connectionsMax = connectionsMax;
    this.#localAddresses = localAddresses;
  }

  async request(text: string): Promise<Answer> {
    const connection = await this.#take();
    try {
      return await connection.request(text);
    } finally {
      this.#give(connection);
    }
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  async #take(): Promise<Connection> {
    while (this.#taken >= this.#connectionsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    let free = this.#free.pop();
    while (free && !free.usable) {
      this.#all.delete(free);
      free = this.#free.pop();
    }
    if (free) return free;
    try {
      const addresses = this.#localAddresses;
      const connection = await Connection.open(this.#origin, addresses[this.#opened++ % (addresses.length || 1)]);
      this.#all.add(connection);
      return connection;
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #give(connection: Connection): void {
    if (connection.usable) this.#free.push(connection);
    else this.#all.delete(connection);
    this.#release();
  }

  #release(): void {
    this.#taken -= 1;
    this.#waiting.shift()?.();
  }
}
