// Comparisons in one run: the arms take turns in short blocks, each round in the reverse order of the last (A B, B A), so
// that drift of a shared machine affects all arms alike. The reported value is the median of the rounds' ratios.

export type Arm<Name extends string> = {
  readonly name: Name;
  /** Runs one block and returns its figure, such as operations per second. */
  readonly run: () => Promise<number>;
};

export type Rounds<Name extends string> = readonly Readonly<Record<Name, number>>[];

/** Runs each arm once per round. A warm-up block of each, uncounted, goes before. */
export async function interleave<Name extends string>(
  arms: readonly Arm<Name>[],
  rounds: number,
  options: { readonly warmUp?: boolean } = {},
): Promise<Rounds<Name>> {
  if (options.warmUp ?? true) for (const arm of arms) await arm.run();
  const all: Record<Name, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? arms : [...arms].reverse();
    const figures = {} as Record<Name, number>;
    for (const { name, run } of order) figures[name] = await run();
    all.push(figures);
  }
  return all;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export type Spread = {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly values: readonly number[];
};

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), values };
}

/** The figure of one arm over that of another, round by round. */
export function ratioOf<Name extends string>(rounds: Rounds<Name>, numerator: Name, denominator: Name): Spread {
  return spread(rounds.map((figures) => figures[numerator] / figures[denominator]));
}

export function figureOf<Name extends string>(rounds: Rounds<Name>, name: Name): Spread {
  return spread(rounds.map((figures) => figures[name]));
}
