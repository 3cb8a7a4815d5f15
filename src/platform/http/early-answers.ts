// A request may be rejected while its body is still being sent. If the connection closed then, the unread bytes would
// reset it, and the client would see a broken connection in place of the answer. So the rest is read and discarded, up
// to a limit, and the connection closes after that.
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** Most bytes of a rejected body that are read: the largest file that any route accepts. Beyond it the connection ends. */
const restBytesMaxDefault = 512 * 1_048_576;
/** Longest time for it, in milliseconds. The limit for the whole request holds too. */
const restMsMax = 30_000;

export function registerEarlyAnswers(app: FastifyInstance, restBytesMax = restBytesMaxDefault): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && isBeingSent(request.raw)) readRest(request.raw, restBytesMax);
    done(null, payload);
  });
}

const isBeingSent = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

function readRest(request: IncomingMessage, restBytesMax: number): void {
  const { socket } = request;
  // A request that was injected has no connection.
  if (!(socket instanceof Socket)) return;
  const late = setTimeout(() => socket.destroy(), restMsMax).unref();
  request.once('close', () => clearTimeout(late));
  let bytes = 0;
  request.unpipe();
  request
    .on('error', () => undefined)
    .on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > restBytesMax) socket.destroy();
    });
  request.resume();
  // Node calls this after an answer with `connection: close`. Our side ends, and the other one may finish sending.
  const close = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (request.complete) {
      close();
    } else {
      socket.end();
      request.once('end', close);
    }
  };
}
