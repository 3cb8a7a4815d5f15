// Clients that send a body which the server does not want: some read the answer at the end, some at once.
import { request as requestOverHttp } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Agent, fetch } from 'undici';

/** More than the buffers of sockets hold, so that the client still sends when the answer comes. */
const bodyBytes = 24 * 1_048_576;
const chunkBytes = 65_536;

export type SendingClient = (origin: string, path: string, type: string) => Promise<number>;

/** Sends everything and reads only then, as the clients of some languages do. Declares the length or sends chunks. */
export const readsAtTheEnd =
  (chunked: boolean): SendingClient =>
  (origin, path, type) => {
    const { protocol, hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const begin = (): void => void send(socket).catch(reject);
      const socket: Socket =
        protocol === 'https:'
          ? connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }, begin)
          : connect(Number(port), hostname, begin);
      const send = async (to: Socket): Promise<void> => {
        const length = chunked ? 'transfer-encoding: chunked' : `content-length: ${bodyBytes}`;
        to.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`);
        const chunk = Buffer.alloc(chunkBytes, 'a');
        const part = chunked ? Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]) : chunk;
        for (let bytes = 0; bytes < bodyBytes; bytes += chunkBytes) {
          if (!to.write(part)) await new Promise((drained) => to.once('drain', drained));
        }
        if (chunked) to.write('0\r\n\r\n');
        let text = '';
        to.on('data', (bytes: Buffer) => {
          text += bytes.toString('latin1');
          const status = /^HTTP\/1\.1 (\d+) [^]*"code":"/.exec(text)?.[1];
          if (status === undefined) return;
          to.destroy();
          resolve(Number(status));
        });
        to.resume().on('close', () => reject(new Error(`closed without an answer: ${text.slice(0, 100)}`)));
      };
      socket.pause();
      socket.on('error', reject);
    });
  };

const withFetch: SendingClient = async (origin, path, type) => {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      bytes += chunkBytes;
      if (bytes > bodyBytes) controller.close();
      else controller.enqueue(new Uint8Array(chunkBytes).fill(97));
    },
  });
  let bytes = 0;
  const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half', dispatcher } as const;
  const response = await fetch(origin + path, init);
  await response.text();
  await dispatcher.destroy();
  return response.status;
};

/** Reads the answer as soon as it comes, and stops sending, as curl does. */
const readsAtOnce: SendingClient = (origin, path, type) =>
  new Promise((resolve, reject) => {
    const send = origin.startsWith('https') ? requestOverHttps : requestOverHttp;
    const options = { method: 'POST', headers: { 'content-type': type, 'content-length': bodyBytes } };
    const request = send(origin + path, { ...options, rejectUnauthorized: false }, (response) => {
      response.resume().once('end', () => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
    });
    request.on('error', reject);
    request.write(Buffer.alloc(bodyBytes / 2, 'a'));
  });

export const sendingClients: readonly (readonly [string, SendingClient])[] = [
  ['that reads at the end, with a length', readsAtTheEnd(false)],
  ['that reads at the end, in chunks', readsAtTheEnd(true)],
  ['that is fetch', withFetch],
  ['that reads at once', readsAtOnce],
];
