// The accessibility tree of a page as text, for snapshots: what a screen reader has to say. What changes from run to run is
// masked.
import type { Page } from 'playwright-core';

type Mask = readonly [RegExp, string];
const masks: readonly Mask[] = [
  [/http:\/\/127\.0\.0\.1:\d+/g, 'ORIGIN'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, 'UUID'],
  [/\b[\w-]{43}\b/g, 'HASH'],
  [/\b[\da-f]{4}(?: [\da-f]{4}){15}\b/g, 'CODE'],
  [/\b(?:\w+day,? )?\d{1,2} [A-Z][a-z]{2,8} \d{4}(?:(?:,| at) \d\d?:\d\d)?(?: GMT[+-]\d+)?/g, 'DATE'],
  [/\b\d{4}-\d\d-\d\d\b/g, 'DATE'],
  [/\b\d\d:\d\d\b/g, 'TIME'],
  [/\b\d+ (?:second|minute|hour|day)s?\b/g, 'SPAN'],
];

/** A section of a snapshot: its name, and the tree of a part of the page. `more` is masked before the rest. */
export async function treeOf(page: Page, name: string, more: readonly Mask[] = [], part = 'body'): Promise<string> {
  let tree = await page.locator(part).ariaSnapshot();
  for (const [pattern, mask] of [...more, ...masks]) tree = tree.replace(pattern, mask);
  return `## ${name}\n\n\`\`\`yaml\n${tree}\n\`\`\`\n`;
}

/** A control or a heading without a name, which the snapshot writes in quotation marks or between slashes. */
const nameless =
  /^\s*- '?(?:button|link|textbox|searchbox|combobox|spinbutton|checkbox|radio|switch|tab|heading)\b(?! ["/])/;
const headingLevel = /^\s*- '?heading .*\[level=(\d)\]/;

/** What no page may have, whatever its snapshot says: controls and headings without a name, and levels that are left out. */
export function treeFaults(tree: string): string[] {
  let level = 0;
  return tree.split('\n').flatMap((line) => {
    const next = Number(headingLevel.exec(line)?.[1] ?? level);
    const isSkipped = next > level + 1;
    level = next;
    return nameless.test(line) || isSkipped ? [line.trim()] : [];
  });
}
