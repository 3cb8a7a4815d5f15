// The logger of a request, with its id in every line. Most requests write no line, so the logger beneath is made with the
// first one.
import type { FastifyBaseLogger } from 'fastify';

type Child = FastifyBaseLogger['child'];
type Line = Parameters<FastifyBaseLogger['info']>;

class RequestLog {
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | undefined;

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  get #own(): FastifyBaseLogger {
    return (this.#made ??= this.#make());
  }

  get level(): string {
    return this.#own.level;
  }

  fatal(...line: Line): void {
    this.#own.fatal(...line);
  }

  error(...line: Line): void {
    this.#own.error(...line);
  }

  warn(...line: Line): void {
    this.#own.warn(...line);
  }

  info(...line: Line): void {
    this.#own.info(...line);
  }

  debug(...line: Line): void {
    this.#own.debug(...line);
  }

  trace(...line: Line): void {
    this.#own.trace(...line);
  }

  silent(): void {
    // Writes nothing at any level.
  }

  child(...words: Parameters<Child>): FastifyBaseLogger {
    return this.#own.child(...words);
  }
}

/** The logger that `parent.child(...words)` is, made when it is needed. */
export const createRequestLog = (parent: FastifyBaseLogger, ...words: Parameters<Child>): FastifyBaseLogger =>
  new RequestLog(() => parent.child(...words));
