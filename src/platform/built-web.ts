// The folder that `npm run build` writes the pages to.
/** The same path from the sources and from the build. */
export const builtPages = new URL('../../dist/web/', import.meta.url);
