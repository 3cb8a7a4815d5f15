// The order of test files: those that share a platform (shared-platform.ts) are the last of their project.
import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const shares = ({ moduleId }: TestSpecification): boolean =>
  readFileSync(moduleId, 'utf8').includes('/shared-platform.ts');

export class SharingLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return sharedLast(await super.sort(files), shares);
  }
}

/** The same order, but for files that share a platform: they are the last of their project. */
export function sharedLast<File extends { readonly project: { readonly name: string } }>(
  files: readonly File[],
  isShared: (file: File) => boolean,
): File[] {
  const projects = [...new Set(files.map(({ project }) => project.name))];
  return projects.flatMap((name) => {
    const own = files.filter(({ project }) => project.name === name);
    return [...own.filter((file) => !isShared(file)), ...own.filter(isShared)];
  });
}
