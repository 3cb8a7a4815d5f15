// A reporter of Vitest that writes the errors which no test caught to the file in POPVOTE_UNHANDLED_ERRORS. The report in JSON
// does not have them, and they make a run fail in which each test passed. Those of a file that failed are left out: it runs once
// more, and a test that ends early often leaves rejections behind.
import { writeFileSync } from 'node:fs';

export default class UnhandledErrors {
  onTestRunEnd(modules, errors) {
    const failures = new Set(modules.filter((each) => each.state() === 'failed').map(({ moduleId }) => moduleId));
    const others = errors.filter(({ VITEST_TEST_PATH: path }) => !failures.has(path));
    const texts = others.map((error) => `${error.stack ?? error.message ?? String(error)}\n`);
    writeFileSync(process.env.POPVOTE_UNHANDLED_ERRORS, texts.join(''));
  }
}
