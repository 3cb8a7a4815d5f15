// The Mann–Whitney test: whether one of two samples is mostly larger, whatever their distribution. For samples of
// dozens and more, by the normal approximation with the correction for ties.

/** The chance of a difference in ranks at least this large where both samples have one distribution: 0 to 1. */
export function mannWhitneyP(one: readonly number[], other: readonly number[]): number {
  const values = [...one.map((value) => [value, true] as const), ...other.map((value) => [value, false] as const)];
  values.sort(([a], [b]) => a - b);
  const count = values.length;
  let rankSum = 0;
  let ties = 0;
  for (let at = 0; at < count;) {
    let end = at + 1;
    while (end < count && values[end]?.[0] === values[at]?.[0]) end += 1;
    const size = end - at;
    // Equal values share the mean of their ranks, which begin at 1.
    rankSum += values.slice(at, end).filter(([, isOne]) => isOne).length * ((at + 1 + end) / 2);
    ties += size ** 3 - size;
    at = end;
  }
  const product = one.length * other.length;
  const u = rankSum - (one.length * (one.length + 1)) / 2;
  const variance = (product / 12) * (count + 1 - ties / (count * (count - 1)));
  return variance === 0 ? 1 : twoSidedP((u - product / 2) / Math.sqrt(variance));
}

// By the error function of Abramowitz and Stegun 7.1.26, whose error is below 1.5e-7.
function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return factors.reduce((sum, factor) => (sum + factor) * t, 0) * Math.exp(-x * x);
}
