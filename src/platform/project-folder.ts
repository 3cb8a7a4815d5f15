// The folder of the project, where the program finds the files that are no code.

/** Two folders above both the sources and the build: every file of code in `dist` is in a folder right below it. */
export const projectFolder = new URL('../../', import.meta.url);

/** The folder that `npm run build` writes the pages to. */
export const builtPages = new URL('dist/web/', projectFolder);
