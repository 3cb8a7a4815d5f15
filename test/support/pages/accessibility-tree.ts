// The accessibility tree of a page as text, for snapshots: what a screen reader has to say. What changes from run to run is
// masked.
import type { Page } from 'playwright-core';

const masks: readonly (readonly [RegExp, string])[] = [
  [/http:\/\/127\.0\.0\.1:\d+/g, 'ORIGIN'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, 'UUID'],
  [/\b[\w-]{43}\b/g, 'HASH'],
  [/\b[\da-f]{4}(?: [\da-f]{4}){15}\b/g, 'CODE'],
  [/\b(?:\w+day,? )?\d{1,2} [A-Z][a-z]{2,8} \d{4}(?:(?:,| at) \d\d?:\d\d)?(?: GMT[+-]\d+)?/g, 'DATE'],
  [/\b\d{4}-\d\d-\d\d\b/g, 'DATE'],
  [/\b\d\d:\d\d\b/g, 'TIME'],
  [/\b\d+ (?:second|minute|hour|day)s?\b/g, 'SPAN'],
];

/** A section of a snapshot: its name, and the tree. */
export async function treeOf(page: Page, name: string): Promise<string> {
  let tree = await page.locator('body').ariaSnapshot();
  for (const [pattern, mask] of masks) tree = tree.replace(pattern, mask);
  return `## ${name}\n\n\`\`\`yaml\n${tree}\n\`\`\`\n`;
}
