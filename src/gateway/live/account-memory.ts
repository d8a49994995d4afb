// What is remembered of an account between two looks at it, and of that what the next gateway must know to go on.

import type { Tag } from '../../domain/tag.ts';

export interface Known {
  /** Of what people change in it. */
  readonly state: string;
  /** Of what tells that messages came; null where it was not read up to that. */
  readonly activity: string | null;
  readonly tags: readonly Tag[] | null;
  /** The newest messages as they were when they were read last, newest first. */
  readonly page: ReadonlyMap<string, Seen>;
  /** The newest time among them. */
  readonly newestMs: number | null;
  /** Whether the conversation by itself carries its messages. */
  readonly carries: boolean;
}

export interface Seen {
  /** Another one, once it was changed. */
  readonly mark: string;
  /** A derived id says nothing about who is gone. */
  readonly derived: boolean;
}

export interface AccountMemory {
  /** What was there before is no news. By the provider's time, as far as ours agrees with it. */
  readonly primedMs: number;
  /** The newest time of the list, when it was last read down to what was known. */
  listedMs: number;
  /** When that was. */
  sweptMs: number;
  get(nativeId: string): Known | undefined;
  set(nativeId: string, known: Known): void;
  delete(nativeId: string): void;
  ids(): Iterable<string>;
  /** What has changed since it was last asked for. Whatever could not be written is put back. */
  takeNotes(): ReadonlyMap<string, string | null>;
  putBack(notes: ReadonlyMap<string, string | null>): void;
  /** Everything counts as changed: what was noted is gone. */
  noteAll(): void;
}

/** Conversations: those that were met longest ago are let go, and are strangers when they come again. */
const MOST_KNOWN = 2000;

export function openAccountMemory(primedMs: number): AccountMemory {
  const memory = memoryOf({ primedMs, listedMs: primedMs, sweptMs: primedMs }, new Map());
  memory.noteAll();
  return memory;
}

/** Undefined where nothing was noted, or nothing that makes sense. */
export function recalledMemory(notes: ReadonlyMap<string, string>): AccountMemory | undefined {
  const [primedMs, listedMs, sweptMs] = [PRIMED, LISTED, SWEPT].map((key) =>
    Number(notes.get(key) ?? Number.NaN),
  );
  if (primedMs === undefined || listedMs === undefined || sweptMs === undefined) return undefined;
  if (![primedMs, listedMs, sweptMs].every(Number.isFinite)) return undefined;
  const rows = new Map<string, Known>();
  for (const [key, value] of notes) {
    if (!key.startsWith(ROW)) continue;
    const [state = '', activity = ''] = value.split('.');
    rows.set(key.slice(ROW.length), { ...STRANGER, state, activity: activity || null });
  }
  return memoryOf({ primedMs, listedMs, sweptMs }, rows);
}

export const STRANGER: Known = {
  state: '',
  activity: null,
  tags: null,
  page: new Map(),
  newestMs: null,
  carries: false,
};

export function remember(memory: AccountMemory, nativeId: string, more: Partial<Known>): void {
  memory.set(nativeId, { ...(memory.get(nativeId) ?? STRANGER), ...more });
}

function memoryOf(
  { primedMs, ...marks }: Pick<AccountMemory, 'primedMs' | 'listedMs' | 'sweptMs'>,
  rows: Map<string, Known>,
): AccountMemory {
  let { listedMs, sweptMs } = marks;
  let changed = new Map<string, string | null>();

  function noteMarks(): void {
    changed.set(PRIMED, String(primedMs));
    changed.set(LISTED, String(listedMs));
    changed.set(SWEPT, String(sweptMs));
  }

  return {
    primedMs,
    get listedMs() {
      return listedMs;
    },
    set listedMs(ms) {
      listedMs = ms;
      noteMarks();
    },
    get sweptMs() {
      return sweptMs;
    },
    set sweptMs(ms) {
      sweptMs = ms;
      noteMarks();
    },
    get: (nativeId) => rows.get(nativeId),
    set(nativeId, known) {
      const before = rows.get(nativeId);
      rows.delete(nativeId);
      rows.set(nativeId, known);
      if (noteOf(before) !== noteOf(known)) changed.set(ROW + nativeId, noteOf(known));
      for (const oldest of rows.keys()) {
        if (rows.size <= MOST_KNOWN) return;
        rows.delete(oldest);
        changed.set(ROW + oldest, null);
      }
    },
    delete(nativeId) {
      if (rows.delete(nativeId)) changed.set(ROW + nativeId, null);
    },
    ids: () => rows.keys(),
    takeNotes() {
      const taken = changed;
      changed = new Map();
      return taken;
    },
    putBack(notes) {
      changed = new Map([...notes, ...changed]);
    },
    noteAll() {
      noteMarks();
      for (const [nativeId, known] of rows) changed.set(ROW + nativeId, noteOf(known));
    },
  };
}

function noteOf(known: Known | undefined): string {
  return known ? `${known.state}.${known.activity ?? ''}` : '';
}

const PRIMED = 'primed';
const LISTED = 'listed';
const SWEPT = 'swept';
const ROW = 'row:';
