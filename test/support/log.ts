// A logger whose lines a test can read.
import { Writable } from 'node:stream';
import { createLogger } from '../../src/platform/logger.ts';
import type { Logger } from '../../src/platform/logger.ts';

export function createLogProbe(service: string, level = 'debug'): { logger: Logger; text(): string } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger(service, level, stream), text: () => lines.join('') };
}
