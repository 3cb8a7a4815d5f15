// The response to a long-poll that was hijacked from the framework: one JSON body, or server-sent events up to a final
// one. It is separate from the long-polls and small, because thousands are open at once.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { noteRejection } from '../../../platform/http/rejections.ts';
import { problemBodyOf, problemMediaType, problems } from '../../../protocol/problem.ts';
import type { ProblemCode } from '../../../protocol/problem.ts';

/** Most unread bytes in a client's stream. Beyond it the stream is ended. */
const unreadBytesMax = 16_384;

export type LongPollStyle = 'json' | 'events';

export class LongPollResponse {
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  readonly requestId: string;
  readonly style: LongPollStyle;

  /** `headers` are shared by all responses of the process. Only the request's id differs. */
  constructor(response: ServerResponse, headers: OutgoingHttpHeaders, requestId: string, style: LongPollStyle) {
    this.#response = response;
    this.#headers = headers;
    this.requestId = requestId;
    this.style = style;
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#response.closed;
  }

  /** It comes once. */
  onClose(listener: () => void): void {
    this.#response.on('close', listener);
  }

  /** Sends an event that does not end the response. Does nothing in the style `json`, which has one answer only. */
  sendState(body: string): void {
    if (this.style === 'json' || this.closed) return;
    this.#openStream();
    this.#response.write(`event: state\ndata: ${body}\n\n`);
  }

  /** Sends a comment that prevents timeouts of proxies and clients. Ends the stream of a client that does not read. */
  sendHeartbeat(): void {
    if (this.style === 'json' || this.closed) return;
    this.#openStream();
    if (this.#response.writableLength > unreadBytesMax) this.#response.destroy();
    else this.#response.write(': held\n\n');
  }

  /** Ends the response with the state as JSON. `closing` also ends the connection. */
  end(body: string, closing = false): void {
    if (this.closed) return;
    if (this.style === 'events') {
      this.sendState(body);
      this.close(closing);
      return;
    }
    const more = { 'content-length': Buffer.byteLength(body), ...(closing && { connection: 'close' }) };
    this.#response.writeHead(200, this.#head('application/json; charset=utf-8', more)).end(body);
  }

  /** Ends a stream without a final event. The client then requests again. `closing` also ends the connection. */
  close(closing = false): void {
    if (this.closed) return;
    const { socket } = this.#response;
    this.#response.end(() => (closing ? socket?.destroySoon() : undefined));
  }

  /** Sends a rejection. A stream that has begun can only end. */
  reject(code: ProblemCode, retryAfterSeconds: number): void {
    if (this.closed) return;
    noteRejection(this.#response, code);
    if (this.#response.headersSent) {
      this.#response.end();
      return;
    }
    const body = JSON.stringify(problemBodyOf(code));
    const more = { 'content-length': Buffer.byteLength(body), 'retry-after': String(retryAfterSeconds) };
    this.#response.writeHead(problems[code].status, this.#head(problemMediaType, more)).end(body);
  }

  #openStream(): void {
    if (this.#response.headersSent) return;
    // x-accel-buffering: nginx would otherwise buffer the events.
    this.#response.writeHead(200, this.#head('text/event-stream; charset=utf-8', { 'x-accel-buffering': 'no' }));
  }

  #head(contentType: string, more: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const own = { 'content-type': contentType, 'cache-control': 'no-store', 'x-request-id': this.requestId };
    return { ...this.#headers, ...own, ...more };
  }
}
