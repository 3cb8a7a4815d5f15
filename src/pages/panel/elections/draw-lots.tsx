// The drawing of lots for the ballot order. The seed is saved with the contest, and the service rejects any other order
// for it. Anyone can repeat the draw.
import { useState } from 'preact/hooks';
import { lotText, orderOfLots } from '../../../domain/ballot-order.ts';
import { TextField } from '../parts/field.tsx';

/** Bytes of a generated seed. */
const seedBytes = 16;
const seedForm = /^[!-~](?:[ -~]{0,198}[!-~])?$/;

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const newSeed = (): string => hexOf(crypto.getRandomValues(new Uint8Array(seedBytes)));

/** IDs in the order of a seed; null where the browser cannot hash, because it needs https or localhost. */
async function orderBySeed(seed: string, ids: readonly string[]): Promise<readonly string[] | null> {
  const subtle = (crypto as Partial<Crypto>).subtle;
  if (subtle === undefined) return null;
  const lots = new Map<string, string>();
  for (const id of ids) {
    const hash = await subtle.digest('SHA-256', new TextEncoder().encode(lotText(seed, id)));
    lots.set(id, hexOf(new Uint8Array(hash)));
  }
  return orderOfLots(lots);
}

export function DrawLots({
  ids,
  seed: seedInUse,
  onDraw,
}: {
  readonly ids: readonly string[];
  /** The seed of the current order, if it came from a draw. */
  readonly seed: string | null;
  readonly onDraw: (order: readonly string[], seed: string) => void;
}) {
  const [seed, setSeed] = useState('');
  const [fault, setFault] = useState<string>();
  const draw = async (): Promise<void> => {
    const used = seed.trim() === '' ? newSeed() : seed.trim();
    if (!seedForm.test(used)) {
      setFault('Use at most 200 ASCII letters, digits and signs.');
      return;
    }
    const order = await orderBySeed(used, ids);
    if (order === null) {
      setFault('This browser can draw lots only over https or on localhost. Open the panel that way.');
      return;
    }
    setFault(undefined);
    setSeed('');
    onDraw(order, used);
  };
  return (
    <details class="lots">
      <summary>Draw lots for the ballot order</summary>
      <p class="hint">
        Options are sorted by the SHA-256 of the seed, a line feed and the option’s ID. Use a seed that no one could
        choose, such as public dice throws.
      </p>
      <TextField
        label="Seed"
        hint="Leave empty for a random seed."
        value={seed}
        onValue={setSeed}
        fault={fault}
        autocomplete="off"
        spellcheck={false}
      />
      <button type="button" onClick={() => void draw()}>
        Draw
      </button>
      <p role="status">
        {seedInUse !== null && (
          <>
            Order drawn with the seed <code>{seedInUse}</code>. It is saved with the contest and published.
          </>
        )}
      </p>
    </details>
  );
}
