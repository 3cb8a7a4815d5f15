// Where the numbered SQL files are: in `src/`, also for the build.
import { fileURLToPath } from 'node:url';

/** The address is the same from the sources and from the build, whose files of code are as deep in `dist` as this one in `src`. */
export const migrationsDirectory = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url));
