// Calls to witnesses by c2sp.org/tlog-witness. A witness belongs to somebody else: waits and answers are bounded.
import { request } from 'undici';
import { decodeWitnessAnswer, encodeWitnessRequest } from '../../domain/record/witness-request.ts';
import type { NoteKey, NoteSignature } from '../../domain/record/note.ts';
import { signaturesBy } from '../../domain/record/signed-checkpoint.ts';
import type { Clock } from '../../platform/clock.ts';
import { bounded } from '../../platform/files.ts';
import { noteVerifier } from '../../platform/keys/note-verifier.ts';

/** Longest wait for a witness, in milliseconds. */
const answerMsMax = 5_000;
/** Largest answer of a witness that is read, in bytes. */
const answerBytesMax = 16_384;

export type Witness = {
  readonly key: NoteKey;
  /** The key as the manifest names it. */
  readonly keyText: string;
  readonly url: string;
};

export type WitnessOutcome =
  | { readonly outcome: 'cosigned'; readonly line: NoteSignature }
  /** The witness cosigned a tree of another size last. */
  | { readonly outcome: 'other-size'; readonly size: number }
  /** The witness cosigned a tree from which this one did not grow. */
  | { readonly outcome: 'contradiction' }
  | { readonly outcome: 'failed'; readonly reason: string };

export type AskWitness = (
  witness: Witness,
  question: {
    readonly oldSize: number;
    readonly proof: readonly Uint8Array[];
    /** The checkpoint with the signature of its log, and its text alone. */
    readonly note: string;
    readonly text: string;
  },
) => Promise<WitnessOutcome>;

/** Asks a witness for its cosignature. Never rejects. */
export const createAskWitness =
  (clock: Clock): AskWitness =>
  async (witness, question) => {
    try {
      return await outcomeOf(witness, question, clock);
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      return failed(`no answer (${code ?? name ?? 'unknown'})`);
    }
  };

async function outcomeOf(
  witness: Witness,
  { text, ...question }: Parameters<AskWitness>[1],
  clock: Clock,
): Promise<WitnessOutcome> {
  const { statusCode, body } = await request(`${witness.url.replace(/\/$/, '')}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: encodeWitnessRequest(question),
    headersTimeout: answerMsMax,
    bodyTimeout: answerMsMax,
    signal: AbortSignal.timeout(answerMsMax),
  });
  const parts: Buffer[] = [];
  for await (const part of bounded(body, answerBytesMax)) parts.push(part);
  const answer = Buffer.concat(parts).toString('utf8');
  if (statusCode === 409) return conflictOf(answer, question.oldSize);
  if (statusCode === 422) return { outcome: 'contradiction' };
  if (statusCode !== 200) return failed(`answers ${statusCode}`);
  const note = { text, signatures: decodeWitnessAnswer(text, answer) };
  const [own] = signaturesBy(noteVerifier, note, witness.key, clock());
  if (own) return { outcome: 'cosigned', line: own.line };
  const isAhead = signaturesBy(noteVerifier, note, witness.key, Infinity).length > 0;
  return failed(isAhead ? 'its signature is dated in the future' : 'its signature is not valid');
}

const failed = (reason: string): WitnessOutcome => ({ outcome: 'failed', reason });

// At the size that was named, a conflict is about the root.
function conflictOf(answer: string, oldSize: number): WitnessOutcome {
  const [, digits] = /^(0|[1-9]\d{0,15})\n$/.exec(answer) ?? [];
  if (digits === undefined || Number(digits) === oldSize) return { outcome: 'contradiction' };
  return { outcome: 'other-size', size: Number(digits) };
}
