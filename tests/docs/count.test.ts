// The last line of a CI run is what the report of the tests says, and a run without one is no success.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../config/folder.ts';

const COUNT = fileURLToPath(new URL('../../.ci/count.js', import.meta.url));

const good = { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] };
const bad = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const broken = { status: 'failed', assertionResults: [] };

describe('the count of a CI run', () => {
  it('is a line of its own and code 0 when all passed', async () => {
    const { lines, code } = await count({ passed: 2, failed: 0, files: [good] });

    expect({ lines, code }).toEqual({ lines: ['2 passed, 0 failed'], code: 0 });
  });

  it('has the failures in it', async () => {
    const { lines, code } = await count({ passed: 3, failed: 1, files: [good, bad] });

    expect({ lines, code }).toEqual({ lines: ['3 passed, 1 failed'], code: 1 });
  });

  it('counts a file that broke before its first test', async () => {
    const { lines, code } = await count({ passed: 2, failed: 0, files: [good, broken] });

    expect({ lines, code }).toEqual({ lines: ['2 passed, 1 failed'], code: 1 });
  });

  it('is no success where nothing ran', async () => {
    const { lines, code } = await count({ passed: 0, failed: 0, files: [] });

    expect({ lines, code }).toEqual({ lines: ['0 passed, 0 failed'], code: 1 });
  });

  it('is no success without a report', async () => {
    const { lines, code } = await run(join(await folderWith({}), 'none.json'));

    expect([lines.at(-1), code]).toEqual(['0 passed, 0 failed', 1]);
    expect(lines[0]).toContain('No report of the tests could be read');
  });
});

async function count(told: { passed: number; failed: number; files: readonly object[] }) {
  const path = join(await folderWith({}), 'tests.json');
  const { passed: numPassedTests, failed: numFailedTests, files: testResults } = told;
  await writeFile(path, JSON.stringify({ numPassedTests, numFailedTests, testResults }));
  return run(path);
}

function run(path: string): Promise<{ lines: string[]; code: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COUNT, path], (error, stdout) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ lines: stdout.trimEnd().split('\n'), code });
    });
  });
}
