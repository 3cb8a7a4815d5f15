// The dots of a QR code: those that a page draws, and those of a text.
import { generate } from 'lean-qr/nano';
import type { Locator, Page } from 'playwright-core';

/** The dots of the one code that a page, or a part of it, draws, as a reader sees them. */
export async function drawnDots(place: Page | Locator): Promise<string> {
  await place.locator('.qr').waitFor();
  const path = (await place.locator('.qr path').nth(1).getAttribute('d')) ?? '';
  return [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => `${Number(x) - 4},${Number(y) - 4}`).join(' ');
}

export function dotsOf(text: string): string {
  const code = generate(text);
  const dots: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) dots.push(`${x},${y}`);
  }
  return dots.join(' ');
}
