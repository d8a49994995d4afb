// Prints "N passed, N failed" from the JSON report of a test run, and fails where that report is missing or nothing ran.

import { readFileSync } from 'node:fs';

const [path = ''] = process.argv.slice(2);
const { passed, failed } = counted(path);

process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0 || passed === 0) process.exitCode = 1;

function counted(file) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    // A file that breaks before its first test has no test that could fail in its place.
    const broken = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch (error) {
    process.stdout.write(`No report of the tests could be read (${error.message}).\n`);
    return { passed: 0, failed: 0 };
  }
}
