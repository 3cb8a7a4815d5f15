// Latencies of one step, kept whole (bounded) so that percentiles are exact and nothing is hidden by buckets.

/** Most samples that are kept; further ones replace random earlier ones (Vitter's algorithm R, 1985). */
const samplesMax = 500_000;

export type Percentiles = {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

export class Latencies {
  readonly #samples: number[] = [];
  #count = 0;
  #max = 0;

  /** Adds one latency, in milliseconds. */
  add(ms: number): void {
    this.#count += 1;
    this.#max = Math.max(this.#max, ms);
    if (this.#samples.length < samplesMax) this.#samples.push(ms);
    else {
      const place = Math.floor(Math.random() * this.#count);
      if (place < samplesMax) this.#samples[place] = ms;
    }
  }

  addAll(samples: readonly number[]): void {
    for (const ms of samples) this.add(ms);
  }

  samples(): readonly number[] {
    return this.#samples;
  }

  percentiles(): Percentiles {
    const sorted = Float64Array.from(this.#samples).sort();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { count: this.#count, p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: this.#max };
  }
}
