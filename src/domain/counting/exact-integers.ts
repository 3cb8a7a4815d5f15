// Arithmetic on products of whole numbers, exact at any size: plain numbers while the product is below 2^53, BigInt
// beyond. A rounded number must never decide a seat.

/**
 * The sign of a·b − c·d, for whole numbers that are not negative. A true product beyond the safe range is at least 2^53
 * and rounds to at least 2^53, so two safe-looking products are exact ones.
 */
export function compareProducts(a: number, b: number, c: number, d: number): number {
  const product1 = a * b;
  const product2 = c * d;
  if (product1 <= Number.MAX_SAFE_INTEGER && product2 <= Number.MAX_SAFE_INTEGER) return product1 - product2;
  const exactLeft = BigInt(a) * BigInt(b);
  const exactRight = BigInt(c) * BigInt(d);
  return exactLeft < exactRight ? -1 : exactLeft > exactRight ? 1 : 0;
}

/** The whole part of a·b ÷ c, for whole numbers that are not negative, c above 0 and a result below 2^53. */
export function floorOfProduct(a: number, b: number, c: number): number {
  const product = a * b;
  // The remainder of numbers is exact; subtracting it first makes the division exact.
  if (product <= Number.MAX_SAFE_INTEGER) return (product - (product % c)) / c;
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}

/** a·b ÷ c rounded up, for the same numbers as `floorOfProduct`. */
export function ceilingOfProduct(a: number, b: number, c: number): number {
  const floor = floorOfProduct(a, b, c);
  return compareProducts(floor, c, a, b) === 0 ? floor : floor + 1;
}
