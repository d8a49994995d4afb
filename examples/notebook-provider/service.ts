// The notebook service itself, in memory: what somebody else's server would be. It knows nothing of Parlance.

import { z } from 'zod';

export interface ServiceRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface ServiceAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: unknown;
}

export interface NotebookRow {
  readonly id: string;
  title: string | null;
  colour: string | null;
  labels: { readonly key: string; readonly value: string | null }[];
  /** Who reads it, by an id that the service is told. */
  reader: string | null;
  /** Oldest first. */
  notes: NoteRow[];
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  updatedAt: string;
}

export interface NoteRow {
  readonly id: string;
  readonly by: 'reader' | 'keeper';
  text: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface NotebookService {
  /** In the order they were begun. For whoever looks behind it. */
  readonly notebooks: readonly NotebookRow[];
  answer(request: ServiceRequest): ServiceAnswer;
}

const MOST_ROWS = 50;

const Label = z.object({ key: z.string().min(1), value: z.string().nullable() });

const NotebookFields = z.strictObject({
  title: z.string().nullable().optional(),
  colour: z.string().nullable().optional(),
  reader: z.string().min(1).nullable().optional(),
  setLabels: z.array(Label).optional(),
  removeLabels: z.array(z.string()).optional(),
});

const NewNote = z.strictObject({ by: z.enum(['reader', 'keeper']), text: z.string().min(1) });

const NoteFields = z.strictObject({ text: z.string().min(1) });

/** `key` opens it, and `shelf` is the only one it has. `clock` tells milliseconds since the epoch. */
export function notebookService({
  key,
  shelf,
  clock,
}: {
  readonly key: string;
  readonly shelf: string;
  readonly clock: () => number;
}): NotebookService {
  const notebooks: NotebookRow[] = [];
  let made = 0;

  const now = () => new Date(clock()).toISOString();
  const nextId = (kind: string) => {
    made += 1;
    return `${kind}-${made}`;
  };

  function answer(request: ServiceRequest): ServiceAnswer {
    if (request.authorization !== `Bearer ${key}`) return refuse(401, 'That key opens nothing.');
    const [version, shelves, ofShelf, books, bookId, notes, noteId, ...rest] = request.path
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
    const isOurs = version === 'v1' && shelves === 'shelves' && books === 'notebooks';
    if (!isOurs || rest.length > 0) return refuse(404, 'There is no such address.');
    if (ofShelf !== shelf) return refuse(404, 'There is no such shelf.');
    if (bookId === undefined) return atShelf(request);
    const book = notebooks.find(({ id }) => id === bookId);
    if (!book) return refuse(404, 'There is no such notebook.');
    if (notes === undefined) return atNotebook(request, book);
    if (notes !== 'notes') return refuse(404, 'There is no such address.');
    if (noteId === undefined) return atNotes(request, book);
    const note = book.notes.find(({ id }) => id === noteId);
    return note ? atNote(request, book, note) : refuse(404, 'There is no such note.');
  }

  function atShelf(request: ServiceRequest): ServiceAnswer {
    if (request.method === 'GET') {
      const reader = new URLSearchParams(request.query).get('reader');
      return page(
        request,
        notebooks.filter((book) => reader === null || book.reader === reader),
        shown,
      );
    }
    if (request.method !== 'POST') return NOT_SO;
    return reading(NotebookFields, request, (fields) => {
      const at = now();
      const book: NotebookRow = {
        id: nextId('notebook'),
        title: null,
        colour: null,
        labels: [],
        reader: null,
        notes: [],
        createdAt: at,
        updatedAt: at,
      };
      change(book, fields);
      notebooks.push(book);
      return { status: 201, body: shown(book) };
    });
  }

  function atNotebook(request: ServiceRequest, book: NotebookRow): ServiceAnswer {
    switch (request.method) {
      case 'GET':
        return { status: 200, body: shown(book) };
      case 'PATCH':
        return reading(NotebookFields, request, (fields) => {
          change(book, fields);
          book.updatedAt = now();
          return { status: 200, body: shown(book) };
        });
      case 'DELETE':
        notebooks.splice(notebooks.indexOf(book), 1);
        return { status: 200, body: { deleted: true } };
      default:
        return NOT_SO;
    }
  }

  function atNotes(request: ServiceRequest, book: NotebookRow): ServiceAnswer {
    if (request.method === 'GET') return page(request, book.notes, (note) => note);
    if (request.method !== 'POST') return NOT_SO;
    return reading(NewNote, request, ({ by, text }) => {
      const at = now();
      const note: NoteRow = { id: nextId('note'), by, text, createdAt: at, updatedAt: at };
      book.notes.push(note);
      return { status: 201, body: note };
    });
  }

  function atNote(request: ServiceRequest, book: NotebookRow, note: NoteRow): ServiceAnswer {
    switch (request.method) {
      case 'GET':
        return { status: 200, body: note };
      case 'PATCH':
        return reading(NoteFields, request, ({ text }) => {
          note.text = text;
          note.updatedAt = now();
          return { status: 200, body: note };
        });
      case 'DELETE':
        book.notes = book.notes.filter((other) => other !== note);
        return { status: 200, body: { deleted: true } };
      default:
        return NOT_SO;
    }
  }

  return { notebooks, answer };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  404: 'not_found',
  405: 'not_allowed',
};

const NOT_SO = refuse(405, 'That cannot be done here.');

function change(book: NotebookRow, fields: z.output<typeof NotebookFields>): void {
  const { title, colour, reader, setLabels = [], removeLabels = [] } = fields;
  if (title !== undefined) book.title = title;
  if (colour !== undefined) book.colour = colour;
  if (reader !== undefined) book.reader = reader;
  const replaced = new Set([...removeLabels, ...setLabels.map(({ key }) => key)]);
  book.labels = [...book.labels.filter(({ key }) => !replaced.has(key)), ...setLabels];
}

function shown({ notes, ...book }: NotebookRow) {
  const last = notes.at(-1);
  return {
    ...book,
    notes: notes.length,
    preview: last?.text ?? null,
    lastNoteAt: last?.createdAt ?? null,
  };
}

/** Newest first; a cursor is the id of the last row of the page before it. */
function page<Row extends { readonly id: string }>(
  { query }: ServiceRequest,
  rows: readonly Row[],
  show: (row: Row) => unknown,
): ServiceAnswer {
  const asked = new URLSearchParams(query);
  const limit = Math.min(Number(asked.get('limit') ?? MOST_ROWS), MOST_ROWS);
  const cursor = asked.get('cursor');
  // Ids count upwards, so the place is found although its row may be gone.
  const before = cursor === null ? Number.POSITIVE_INFINITY : numberIn(cursor);
  if (!Number.isInteger(limit) || limit < 1 || Number.isNaN(before)) {
    return refuse(400, 'limit or cursor cannot be read.');
  }
  const left = rows.toReversed().filter(({ id }) => numberIn(id) < before);
  const given = left.slice(0, limit);
  const next = left.length > given.length ? (given.at(-1)?.id ?? null) : null;
  return { status: 200, body: { items: given.map(show), next } };
}

function numberIn(id: string): number {
  return Number(/^(?:notebook|note)-(\d+)$/.exec(id)?.[1] ?? Number.NaN);
}

function reading<T>(
  shape: z.ZodType<T>,
  { body }: ServiceRequest,
  go: (fields: T) => ServiceAnswer,
): ServiceAnswer {
  const read = shape.safeParse(parsed(body));
  return read.success ? go(read.data) : refuse(400, z.prettifyError(read.error));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function refuse(status: number, message: string): ServiceAnswer {
  return { status, body: { error: { code: CODES[status] ?? 'refused', message } } };
}
