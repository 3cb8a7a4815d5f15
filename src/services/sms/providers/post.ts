// One POST to a provider, with limits on time, connections and size. Redirects are not followed: only the operator's
// settings decide where a text is sent.
import { Agent, errors, request } from 'undici';
import { SendFailed } from './provider.ts';

/** Most connections to each provider. */
const connectionsMax = 32;
/** Most bytes read of an answer. Providers give the error in the first few hundred. */
const answerBytesMax = 8 * 1_024;

export type PostRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Longest wait for the whole exchange, in milliseconds. */
  readonly msMax: number;
};
export type PostAnswer = { readonly status: number; readonly text: string };

export type Poster = { post(request: PostRequest): Promise<PostAnswer>; close(): Promise<void> };

/** Posts. Rejects with `SendFailed` (`timeout` or `network`) if there was no complete answer. */
export function createPoster(): Poster {
  const agent = new Agent({ connections: connectionsMax, connectTimeout: 3_000 });
  return {
    async post({ url, headers, body, msMax }) {
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers: { ...headers },
          body,
          signal: AbortSignal.timeout(msMax),
        });
        return { status: answer.statusCode, text: await firstBytes(answer.body) };
      } catch (error) {
        throw new SendFailed(isTimeout(error) ? 'timeout' : 'network');
      }
    },
    close: () => agent.destroy(),
  };
}

async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop destroys the stream, and with it a connection that would never end.
    if (length >= answerBytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8');
}

function isTimeout(error: unknown): boolean {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) return true;
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
