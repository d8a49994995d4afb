// A file that is watched, where the machine has its own trouble with it.

import type * as FileSystem from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { watchFile } from '../../src/security/watched-file.ts';
import { folder } from './door.ts';

const machine = vi.hoisted(() => ({ isFull: false }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof FileSystem>();
  const readFile = (...asked: Parameters<typeof actual.readFile>) =>
    machine.isFull
      ? Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
      : actual.readFile(...asked);
  return { ...actual, readFile };
});

it('a file that could not be opened is read at the next look, and that is told once', async () => {
  const path = `${await folder()}/keys.json`;
  await writeFile(path, 'before');
  const told: string[] = [];
  const tell = (_fields: object, sentence: string) => void told.push(sentence);
  const log = { debug: tell, info: tell, warn: tell, error: tell };
  const file = await watchFile({ path, read: (value) => ({ ok: true, value }), log });
  if (!file.ok) throw new Error(file.complaint);
  const { current, look } = file.value;
  await writeFile(path, 'after');

  machine.isFull = true;
  await look();
  await look();
  const meanwhile = current();
  machine.isFull = false;
  await look();

  expect([meanwhile, current()]).toEqual(['before', 'after']);
  expect(told).toEqual([
    `${path} cannot be read (EMFILE): what it said before still counts, so mend it`,
    'a file was changed and read again',
  ]);
});
