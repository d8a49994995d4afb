// A file that several change at once, and whoever reads it meanwhile.

import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeFile } from '../../src/security/change-file.ts';
import { folder } from './door.ts';

const oneMore = (text: string | null) => ({ text: `${text ?? ''}${'x'.repeat(5000)}\n` });

describe('a file that is changed', () => {
  it('loses nothing of twenty who change it at once, and is never seen half written', async () => {
    const path = join(await folder(), 'file');
    const done = new AbortController();
    const lengths: number[] = [];
    const reading = (async () => {
      while (!done.signal.aborted) {
        lengths.push((await readFile(path, 'utf8').catch(() => '')).length);
      }
    })();

    const all = await Promise.all(Array.from({ length: 20 }, () => changeFile(path, oneMore)));
    done.abort();
    await reading;

    expect(all).toEqual(all.map(() => ({ ok: true })));
    expect((await readFile(path, 'utf8')).length).toBe(20 * 5001);
    expect(lengths.filter((length) => length % 5001 !== 0)).toEqual([]);
    // Nobody ever finds it emptied, to be written anew.
    expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
  });

  it('is nobody else’s to read where it is new, and keeps the rights it has', async () => {
    const place = await folder();
    const [fresh, known] = [join(place, 'fresh'), join(place, 'known')];
    await writeFile(known, '');
    await chmod(known, 0o640);

    await Promise.all([fresh, known].map((path) => changeFile(path, oneMore)));

    expect((await stat(fresh)).mode & 0o777).toBe(0o600);
    expect((await stat(known)).mode & 0o777).toBe(0o640);
    expect((await readdir(place)).toSorted()).toEqual(['fresh', 'known']);
  });

  it('stays a link where it is one', async () => {
    const place = await folder();
    await writeFile(join(place, 'real'), '');
    await symlink(join(place, 'real'), join(place, 'link'));

    await changeFile(join(place, 'link'), () => ({ text: 'new' }));

    expect((await lstat(join(place, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(place, 'real'), 'utf8')).toBe('new');
  });

  it('stays as it is where whoever would change it says why not', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, 'old');

    const outcome = await changeFile(path, () => ({ said: 'It is well as it is.' }));

    expect(outcome).toEqual({ ok: false, said: 'It is well as it is.' });
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('where another never ends changing it is left, and which file is in the way is said', async () => {
    const path = join(await folder(), 'file');
    await writeFile(`${path}.lock`, '');

    const outcome = await changeFile(path, oneMore, { patienceMs: 50 });

    expect(outcome).toEqual({
      ok: false,
      said: `${path}.lock is there: another command is changing the file. Where none is running, remove it and try again.`,
    });
  });

  it('in a folder that is not there cannot be changed, and what to do is said', async () => {
    const path = join(await folder(), 'nowhere', 'file');

    expect(await changeFile(path, oneMore)).toEqual({
      ok: false,
      said: `${path} cannot be changed (ENOENT). Make the folder it is in, or correct its path.`,
    });
  });

  it('that is none cannot be changed, and what to do is said', async () => {
    const path = await folder();

    expect(await changeFile(path, oneMore)).toEqual({
      ok: false,
      said: `${path} cannot be changed (EISDIR). See that this user may write it and the folder it is in.`,
    });
  });
});
