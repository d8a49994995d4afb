// Which operation a method and a path mean, and the few shapes that all of their answers share.

import type { EmulatorAnswer, EmulatorRequest } from '../emulator.ts';
import { Refusal } from './errors.ts';
import type { Query } from './request.ts';
import type { Switches } from './switches.ts';
import type { Caller } from './tags.ts';

export interface Call {
  readonly request: EmulatorRequest;
  readonly caller: Caller;
  readonly query: Query;
  /** A part of the path, decoded. */
  readonly param: (name: string) => string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
  answer(call: Call): EmulatorAnswer;
}

export interface Choice {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

/** The first route that fits, so fixed words stand before parameters in the table. */
export function chooseRoute(routes: readonly Route[], { method, path }: EmulatorRequest): Choice {
  const fitting = routes.flatMap((route) => {
    const params = fit(route.path.split('/'), path.split('/'));
    return params ? [{ route, params }] : [];
  });
  const chosen = fitting.find(({ route }) => route.method === method);
  if (chosen) return chosen;
  if (fitting.length === 0) {
    throw new Refusal('ResourceNotFound', `Nothing lives at ${path}: see the paths of the API.`);
  }
  const known = [...new Set(fitting.map(({ route }) => route.method))].join(', ');
  throw new Refusal('MethodNotFound', `${method} is not known at ${path}: use ${known}.`);
}

export interface Upserted {
  readonly name: string;
  readonly row: unknown;
  readonly created: boolean;
}

/** Always 200, made or found; whether it was made is said by newer generations only. */
export function upserted(
  { generation }: Switches,
  { name, row, created }: Upserted,
): EmulatorAnswer {
  const meta = generation === 'current' ? { meta: { created } } : {};
  return { status: 200, body: { [name]: row, ...meta } };
}

/** An id in the path that leads nowhere is a 404; one in a body is a 400 (see `referred`). */
export function found<Row>(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (row) return row;
  throw new Refusal('ResourceNotFound', `There is no ${id} here: list what there is.`);
}

export function referred<Row>(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (row) return row;
  throw new Refusal(
    'ReferenceNotFound',
    `The body refers to ${id}, which is not there: create it.`,
  );
}

function fit(pattern: string[], path: string[]): Map<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, word] of pattern.entries()) {
    const said = path[index] ?? '';
    if (word.startsWith(':')) params.set(word.slice(1), decoded(said));
    else if (word !== said) return undefined;
  }
  return params;
}

/** The vendor's client encodes ids in paths; a percent sign that encodes nothing stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
