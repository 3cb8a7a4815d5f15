// Reading JSON that may be damaged or hostile. The parser's errors quote the text, which may hold values that must not
// be logged, so no error is thrown here.

/** The value of a JSON text, or undefined if the text is not JSON. The caller checks the value with a schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
