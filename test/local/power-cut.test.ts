// The power cut of the whole platform, for a few seconds of votes. The drill has the full length.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cutDiskHindrance } from '../../bench/harness/cut-disk.ts';
import { powerCut } from '../../bench/harness/power-cut.ts';

const hindrance = cutDiskHindrance();
const unless = hindrance === null ? '' : ` (not here: ${hindrance})`;

test.skipIf(hindrance !== null)(
  `A power cut loses no receipt and no confirmed file${unless}`,
  { timeout: 300_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'popvote-power-'));
    chmodSync(directory, 0o755);
    try {
      const figures = await powerCut({ directory, loadMs: 5_000, voters: 8, say: () => undefined });
      expect(figures.acknowledged).toBeGreaterThan(0);
      expect(figures.filesConfirmed).toBeGreaterThan(0);
      expect(figures).toMatchObject({ lost: 0, outbox: 0, filesCounted: figures.filesConfirmed });
      // Every ballot once: those by phone, and those on paper.
      expect(figures.box).toBe(figures.participation + figures.paperRows);
      expect(figures.participation).toBeGreaterThanOrEqual(figures.acknowledged);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
