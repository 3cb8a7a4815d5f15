// Reading JSON that may be damaged or hostile. The parser's own errors quote the text, which may hold what must not be
// logged, so no error leaves here.

/** The value of a JSON text, or undefined where the text is not JSON. A schema decides what the value means. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
