// What a file says now: read again whenever it is another, and kept as it was while it cannot be read.

import { readFile, stat } from 'node:fs/promises';
import type { Log } from '../observability/log.ts';
import { codeOf } from './change-file.ts';

export interface WatchedFile<T> {
  /** As it was when it could be read last. */
  current(): T;
  /** Looks whether it is another by now; a look that is under way is joined. */
  look(): Promise<void>;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  /** A part of a sentence that begins with the name of the file. */
  | { readonly ok: false; readonly complaint: string };

export interface WatchParts<T> {
  readonly path: string;
  readonly read: (text: string) => Read<T>;
  readonly log: Log;
  /** Absent, as this machine reads files. */
  readonly open?: (path: string) => Promise<string>;
}

/** Not opened where it cannot be read at first: nothing is known of it then. */
export async function watchFile<T>({
  path,
  read,
  log,
  open = (at) => readFile(at, 'utf8'),
}: WatchParts<T>): Promise<Read<WatchedFile<T>>> {
  let mark = await markOf(path);
  const first = readFrom(await text());
  if (!first.ok) return first;
  let current = first.value;
  let complained: string | undefined;
  let looking: Promise<void> | undefined;

  async function text(): Promise<Read<string>> {
    try {
      return { ok: true, value: await open(path) };
    } catch (error) {
      return { ok: false, complaint: complaintOf(error) };
    }
  }

  function readFrom(now: Read<string>): Read<T> {
    return now.ok ? read(now.value) : now;
  }

  async function lookOnce(): Promise<void> {
    // Taken before it is read: what is written in between is found at the next look.
    const next = await markOf(path);
    if (next === mark) return;
    const now = await text();
    // What could not be read, for want of a descriptor it may be, is tried again until it can.
    if (now.ok) mark = next;
    const again = readFrom(now);
    if (again.ok) {
      current = again.value;
      complained = undefined;
      log.info({ path }, 'a file was changed and read again');
    } else if (now.ok || again.complaint !== complained) {
      complained = again.complaint;
      const sentence = `${path} ${again.complaint}: what it said before still counts, so mend it`;
      log.error({ path }, sentence);
    }
  }

  return {
    ok: true,
    value: {
      current: () => current,
      look() {
        looking ??= lookOnce().finally(() => {
          looking = undefined;
        });
        return looking;
      },
    },
  };
}

/** Another one for another file of the same name, whatever links lead to it; one for none at all. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return codeOf(error);
  }
}

function complaintOf(error: unknown): string {
  const code = codeOf(error);
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
}
