// A file that is watched, where the machine has its own trouble with it.

import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { watchFile } from '../../src/security/watched-file.ts';
import { folder } from './door.ts';

it('a file that could not be opened is read at the next look, and that is told once', async () => {
  const path = `${await folder()}/keys.json`;
  await writeFile(path, 'before');
  const told: string[] = [];
  const tell = (_fields: object, sentence: string) => void told.push(sentence);
  const log = { debug: tell, info: tell, warn: tell, error: tell };
  let isFull = false;
  const open = (at: string) =>
    isFull
      ? Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
      : readFile(at, 'utf8');
  const file = await watchFile({ path, read: (value) => ({ ok: true, value }), log, open });
  if (!file.ok) throw new Error(file.complaint);
  const { current, look } = file.value;
  await writeFile(path, 'after');

  isFull = true;
  await look();
  await look();
  const meanwhile = current();
  isFull = false;
  await look();

  expect([meanwhile, current()]).toEqual(['before', 'after']);
  expect(told).toEqual([
    `${path} cannot be read (EMFILE): what it said before still counts, so mend it`,
    'a file was changed and read again',
  ]);
});
