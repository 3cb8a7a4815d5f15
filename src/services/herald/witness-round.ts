// Collects the cosignatures of one checkpoint. A witness that fails is asked again after a pause that grows.
import type { NoteSignature } from '../../domain/record/note.ts';
import { signaturesBy } from '../../domain/record/signed-checkpoint.ts';
import type { SignedCheckpoint } from '../../domain/record/signed-checkpoint.ts';
import type { Clock } from '../../platform/clock.ts';
import { noteVerifier } from '../../platform/keys/note-verifier.ts';
import type { AskWitness, Witness, WitnessOutcome } from './witness-calls.ts';

/** Pause before a witness is asked again, in milliseconds: at first, and at most. */
const againMs = 5_000;
const againMsMax = 60_000;

export type WitnessRounds = {
  /**
   * Asks the witnesses that have not cosigned this checkpoint and are due, and returns all cosignature lines, in the order
   * of `witnesses`. `prove` makes the proof from the tree of another size.
   */
  collect(
    witnesses: readonly Witness[],
    question: { readonly signed: SignedCheckpoint; readonly note: string; readonly published: SignedCheckpoint | null },
    prove: (oldSize: number) => Promise<readonly Uint8Array[]>,
  ): Promise<readonly NoteSignature[]>;
  /** Witnesses that did not cosign when they were last asked, with the reason. */
  troubles(): ReadonlyMap<string, string>;
  /** Whether a witness said that it cosigned a tree from which this one did not grow. */
  contradicted(): boolean;
};

type WitnessState = { size: number; pauseMs: number; dueMs: number; trouble: string | null; contradicts: boolean };

/** The rounds of one log. */
export function createWitnessRounds(ask: AskWitness, clock: Clock): WitnessRounds {
  const states = new Map<string, WitnessState>();
  let current = { text: '', lines: new Map<string, NoteSignature>() };
  const stateOf = ({ keyText }: Witness): WitnessState => {
    const state = states.get(keyText) ?? { size: 0, pauseMs: againMs, dueMs: 0, trouble: null, contradicts: false };
    states.set(keyText, state);
    return state;
  };
  return {
    async collect(witnesses, { signed, note, published }, prove) {
      const { text } = signed.note;
      if (current.text !== text) {
        current = { text, lines: new Map() };
        // Lines of before a restart are in the published note.
        for (const witness of published?.note.text === text ? witnesses : []) {
          const [own] = signaturesBy(noteVerifier, published?.note ?? signed.note, witness.key, clock());
          if (own) current.lines.set(witness.keyText, own.line);
        }
      }
      const { lines } = current;
      const isDue = (witness: Witness): boolean =>
        !lines.has(witness.keyText) && performance.now() >= stateOf(witness).dueMs;
      await Promise.all(
        witnesses.filter(isDue).map(async (witness) => {
          const state = stateOf(witness);
          const { size } = signed.checkpoint;
          const outcome = await askTwice(ask, witness, { text, note, size, state }, prove);
          remember(state, outcome, size);
          if (outcome.outcome === 'cosigned') lines.set(witness.keyText, outcome.line);
        }),
      );
      return witnesses.flatMap(({ keyText }) => lines.get(keyText) ?? []);
    },
    troubles: () =>
      new Map([...states].flatMap(([key, { trouble }]) => (trouble === null ? [] : [[key, trouble] as const]))),
    contradicted: () => [...states.values()].some(({ contradicts }) => contradicts),
  };
}

type Asked = { readonly text: string; readonly note: string; readonly size: number; readonly state: WitnessState };

// The first answer may say which size the witness knows.
async function askTwice(
  ask: AskWitness,
  witness: Witness,
  { text, note, size, state }: Asked,
  prove: (oldSize: number) => Promise<readonly Uint8Array[]>,
): Promise<WitnessOutcome> {
  const askFrom = async (oldSize: number): Promise<WitnessOutcome> =>
    ask(witness, { oldSize, proof: await prove(oldSize), note, text });
  const first = await askFrom(Math.min(state.size, size));
  return first.outcome === 'other-size' && first.size <= size ? askFrom(first.size) : first;
}

function remember(state: WitnessState, outcome: WitnessOutcome, size: number): void {
  state.contradicts = outcome.outcome === 'contradiction';
  state.trouble = troubleOf(outcome);
  if (outcome.outcome === 'cosigned') {
    state.size = size;
    state.pauseMs = againMs;
    return;
  }
  if (outcome.outcome === 'other-size') state.size = outcome.size;
  state.dueMs = performance.now() + state.pauseMs;
  state.pauseMs = Math.min(againMsMax, state.pauseMs * 2);
}

function troubleOf(outcome: WitnessOutcome): string | null {
  switch (outcome.outcome) {
    case 'cosigned':
      return null;
    case 'contradiction':
      return 'cosigned another tree';
    case 'other-size':
      return `cosigned a tree of ${outcome.size}`;
    case 'failed':
      return outcome.reason;
  }
}
