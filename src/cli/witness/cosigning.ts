// The rules of a witness (c2sp.org/tlog-witness): it cosigns a checkpoint of a log that it serves only if the tree grew out
// of the one that it cosigned last, and remembers it before it answers.
import { base64Of, bytesOfBase64, bytesOfBase64url, equalBytes } from '../../domain/record/bytes.ts';
import { decodeCheckpoint } from '../../domain/record/checkpoint.ts';
import type { Checkpoint } from '../../domain/record/checkpoint.ts';
import { decodeNote, noteKeyTypes, noteLine } from '../../domain/record/note.ts';
import type { NoteKey } from '../../domain/record/note.ts';
import { verifyConsistency } from '../../domain/record/proof.ts';
import { cosign, openSignedCheckpoint } from '../../domain/record/signed-checkpoint.ts';
import { decodeWitnessRequest } from '../../domain/record/witness-request.ts';
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { byteSigner } from '../../platform/keys/byte-signatures.ts';
import { noteVerifier } from '../../platform/keys/note-verifier.ts';
import { signingKey } from '../../platform/keys/signatures.ts';
import { evidenceMax, knownLogsMax } from './witness-files.ts';
import type { WitnessSettings, WitnessState } from './witness-files.ts';

export type WitnessReply =
  | { readonly status: 200; readonly lines: string }
  /** The size of the last cosigned tree. */
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 | 507 };

export type Cosigning = {
  /** Requests are judged one after the other. Rejects where the state could not be stored: then nothing is cosigned. */
  add(body: string): Promise<WitnessReply>;
};

export const witnessNoteKey = ({ name, key }: WitnessSettings): NoteKey => ({
  name,
  type: noteKeyTypes.cosignature,
  publicKey: bytesOfBase64url(key.x) ?? new Uint8Array(),
});

const emptyRoot = sha256(new Uint8Array());

export function createCosigning(parts: {
  readonly settings: WitnessSettings;
  readonly state: WitnessState;
  /** Makes a state durable. */
  readonly store: (state: WitnessState) => Promise<void>;
  /** Reports a request that contradicts a cosigned tree. */
  readonly onContradiction: (origin: string) => void;
  readonly clock: Clock;
}): Cosigning {
  const { settings, clock } = parts;
  const sign = byteSigner(signingKey(settings.key).key);
  const signer = { hash: sha256, sign, key: witnessNoteKey(settings) };
  let state = parts.state;
  let last: Promise<unknown> = Promise.resolve();

  const store = async (next: WitnessState): Promise<void> => {
    await parts.store(next);
    state = next;
  };
  const refuse = async (
    origin: string,
    cosigned: string,
    refused: string,
    reply: WitnessReply,
  ): Promise<WitnessReply> => {
    parts.onContradiction(origin);
    const isKnown = state.evidence.some((each) => each.cosigned === cosigned && each.refused === refused);
    if (isKnown || state.evidence.length >= evidenceMax) return reply;
    const at = new Date(clock()).toISOString();
    await store({ ...state, evidence: [...state.evidence, { at, cosigned, refused }] });
    return reply;
  };
  const judge = async (body: string): Promise<WitnessReply> => {
    const request = decodeWitnessRequest(body);
    const note = request && decodeNote(request.note);
    const claimed = note && decodeCheckpoint(note.text);
    if (!request || !claimed) return { status: 400 };
    const { origin } = claimed;
    const logs = settings.logs.filter(({ prefix }) => origin.startsWith(prefix));
    if (logs.length === 0) return { status: 404 };
    if (!logs.some(({ key }) => isSignedBy(request.note, origin, key))) return { status: 403 };
    if (request.oldSize > claimed.size) return { status: 400 };
    const memory = Object.hasOwn(state.logs, origin) ? state.logs[origin] : undefined;
    const before = { size: memory?.size ?? 0, root: (memory && bytesOfBase64(memory.root)) ?? emptyRoot };
    if (request.oldSize !== before.size) return { status: 409, size: before.size };
    const cosigned = memory?.note ?? '';
    if (claimed.size === before.size && !equalBytes(claimed.root, before.root))
      return refuse(origin, cosigned, request.note, { status: 409, size: before.size });
    if (!verifyConsistency(sha256, before, claimed, request.proof))
      return refuse(origin, cosigned, request.note, { status: 422 });
    if (!memory && Object.keys(state.logs).length >= knownLogsMax) return { status: 507 };
    return cosignAs(claimed, request.note, note.text);
  };
  const cosignAs = async ({ origin, size, root }: Checkpoint, note: string, text: string): Promise<WitnessReply> => {
    await store({ ...state, logs: { ...state.logs, [origin]: { size, root: base64Of(root), note } } });
    return { status: 200, lines: noteLine(cosign(signer, text, Math.floor(clock() / 1_000))) };
  };
  return {
    add(body) {
      const reply = last.then(() => judge(body));
      last = reply.catch(() => undefined);
      return reply;
    },
  };
}

const isSignedBy = (note: string, origin: string, key: string): boolean =>
  openSignedCheckpoint(noteVerifier, note, { origin, publicKey: bytesOfBase64url(key) ?? new Uint8Array() }) !== null;
