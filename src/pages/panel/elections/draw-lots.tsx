// The ballot order by lot. The seed is shown and saved with the contest, and the service refuses any other order with it;
// anybody can draw again what was drawn here.
import { useState } from 'preact/hooks';
import { lotText, orderOfLots } from '../../../domain/ballot-order.ts';
import { TextField } from '../parts/field.tsx';

/** Bytes of a seed that is made here. */
const seedBytes = 16;
const seedForm = /^[!-~](?:[ -~]{0,198}[!-~])?$/;

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const newSeed = (): string => hexOf(crypto.getRandomValues(new Uint8Array(seedBytes)));

/** Ids in the order that a seed draws; null where the browser cannot hash, which it does on https and localhost alone. */
export async function drawnOrder(seed: string, ids: readonly string[]): Promise<readonly string[] | null> {
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
  seed: drawnWith,
  onDrawn,
}: {
  readonly ids: readonly string[];
  /** Of the present order, if it was drawn. */
  readonly seed: string | null;
  readonly onDrawn: (order: readonly string[], seed: string) => void;
}) {
  const [seed, setSeed] = useState('');
  const [fault, setFault] = useState<string>();
  const draw = async (): Promise<void> => {
    const used = seed.trim() === '' ? newSeed() : seed.trim();
    if (!seedForm.test(used)) {
      setFault('Use letters, digits and signs of ASCII, 200 at most.');
      return;
    }
    const order = await drawnOrder(used, ids);
    if (order === null) {
      setFault('This browser draws only over https or on this machine itself. Open the panel that way.');
      return;
    }
    setFault(undefined);
    setSeed('');
    onDrawn(order, used);
  };
  return (
    <details class="lots">
      <summary>Draw lots for the order</summary>
      <p class="hint">
        Each option’s place is the rank of the SHA-256 of the seed, a line feed and the option’s id. Use a seed that
        nobody could choose, such as dice that are thrown in public.
      </p>
      <TextField
        label="Seed"
        hint="Leave it empty to have one made."
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
        {drawnWith !== null && (
          <>
            This order was drawn with the seed <code>{drawnWith}</code>. It is saved with the contest and published.
          </>
        )}
      </p>
    </details>
  );
}
