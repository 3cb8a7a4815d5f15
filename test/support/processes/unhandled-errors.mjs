// A reporter of Vitest that writes the errors which no test caught to the file in POPVOTE_UNHANDLED_ERRORS. The report in JSON
// does not have them, and they make a run fail in which each test passed.
import { writeFileSync } from 'node:fs';

export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    const texts = errors.map((error) => `${error.stack ?? error.message ?? String(error)}\n`);
    writeFileSync(process.env.POPVOTE_UNHANDLED_ERRORS, texts.join(''));
  }
}
