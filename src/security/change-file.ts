// Changes a file as a whole: whoever reads it meanwhile sees the old text or the new one, and of two who change it neither's is lost.

import { chmod, chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export type Changed =
  | { readonly ok: true }
  /** Whole sentences: what is in the way, and what to do. */
  | { readonly ok: false; readonly said: string };

/** `change` is given the text there is, null where there is no file, and gives the new one, or says why there is none. */
export async function changeFile(
  named: string,
  change: (text: string | null) => { readonly text: string } | { readonly said: string },
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Promise<Changed> {
  try {
    // Of a link the file it leads to: the link stays one.
    const path = await realpath(named).catch(() => named);
    return await alone({ lock: `${path}.lock`, patienceMs }, async () => {
      const changed = change(await textAt(path));
      if ('said' in changed) return { ok: false, said: changed.said };
      await write(path, changed.text);
      return { ok: true };
    });
  } catch (error) {
    const code = codeOf(error);
    const instead =
      code === 'ENOENT'
        ? 'Make the folder it is in, or correct its path'
        : 'See that this user may write it and the folder it is in';
    return { ok: false, said: `${named} cannot be changed (${code}). ${instead}.` };
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
}

const PATIENCE_MS = 5000;
const BETWEEN_LOOKS_MS = 20;

/** A lock that somebody left is not taken from them: two who did so at once would both have it. */
async function alone(
  { lock, patienceMs }: { readonly lock: string; readonly patienceMs: number },
  work: () => Promise<Changed>,
): Promise<Changed> {
  const patientUntil = performance.now() + patienceMs;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (performance.now() > patientUntil) {
        const said = `${lock} is there: another command is changing the file. Where none is running, remove it and try again.`;
        return { ok: false, said };
      }
      await pause(BETWEEN_LOOKS_MS);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function textAt(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  const before = await stat(path).catch(() => undefined);
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (before) {
      // Whoever was to read it, a gateway of another user for one, still can.
      await chmod(beside, before.mode & 0o777);
      await chown(beside, before.uid, before.gid).catch(() => undefined);
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
