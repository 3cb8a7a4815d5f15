// How a request that was taken out of the framework's hands is answered: once as JSON, or as server-sent events until
// something final. Kept apart from the waiting itself, and small, because thousands are held at once.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { problemBodyOf, problemMediaType, problems } from '../../../protocol/problem.ts';
import type { ProblemCode } from '../../../protocol/problem.ts';

/** Bytes that a client may leave unread before its stream is given up. */
const unreadBytesMax = 16_384;

export type HeldStyle = 'json' | 'events';

export class HeldAnswer {
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  readonly requestId: string;
  readonly style: HeldStyle;

  /** `headers` are shared by all answers of the process; only the request's id is its own. */
  constructor(response: ServerResponse, headers: OutgoingHttpHeaders, requestId: string, style: HeldStyle) {
    this.#response = response;
    this.#headers = headers;
    this.requestId = requestId;
    this.style = style;
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#response.closed;
  }

  whenGone(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** An event that does not end the answer. Nothing in the style `json`, which has one answer only. */
  tell(body: string): void {
    if (this.style === 'json' || this.gone) return;
    this.#openStream();
    this.#response.write(`event: state\ndata: ${body}\n\n`);
  }

  /** A comment that keeps proxies and clients from giving up; a client that reads nothing is let go. */
  beat(): void {
    if (this.style === 'json' || this.gone) return;
    this.#openStream();
    if (this.#response.writableLength > unreadBytesMax) this.#response.destroy();
    else this.#response.write(': held\n\n');
  }

  /** The last word: the state as JSON. */
  end(body: string): void {
    if (this.gone) return;
    if (this.style === 'events') {
      this.tell(body);
      this.#response.end();
      return;
    }
    const type = 'application/json; charset=utf-8';
    this.#response.writeHead(200, this.#head(type, { 'content-length': Buffer.byteLength(body) })).end(body);
  }

  /** Ends a stream without a word more; the client asks again. */
  close(): void {
    if (!this.gone) this.#response.end();
  }

  /** A rejection. A stream that has begun can only end. `closing` also ends the connection. */
  refuse(code: ProblemCode, retryAfterSeconds: number, closing = false): void {
    if (this.gone) return;
    if (this.#response.headersSent) {
      // The status is said already: the connection ends with the stream, so that a shutdown does not wait for it.
      this.#response.end(() => (closing ? this.#response.socket?.destroySoon() : undefined));
      return;
    }
    const body = JSON.stringify(problemBodyOf(code));
    const more = { 'content-length': Buffer.byteLength(body), 'retry-after': String(retryAfterSeconds) };
    const head = this.#head(problemMediaType, { ...more, ...(closing && { connection: 'close' }) });
    this.#response.writeHead(problems[code].status, head).end(body);
  }

  #openStream(): void {
    if (this.#response.headersSent) return;
    // x-accel-buffering: nginx would otherwise collect the events.
    this.#response.writeHead(200, this.#head('text/event-stream; charset=utf-8', { 'x-accel-buffering': 'no' }));
  }

  #head(contentType: string, more: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const own = { 'content-type': contentType, 'cache-control': 'no-store', 'x-request-id': this.requestId };
    return { ...this.#headers, ...own, ...more };
  }
}
