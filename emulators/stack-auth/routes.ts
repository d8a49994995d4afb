// Finds the route for a path, and reads fields that the shapes have already vouched for.

import type { EmulatorAnswer } from '../emulator.ts';
import type { Exchange } from './exchange.ts';
import { object, text } from './shapes.ts';

export interface Route {
  readonly method: string;
  /** Below the version, with `:name` for a segment that is a parameter. */
  readonly path: string;
  answer(exchange: Exchange): EmulatorAnswer;
}

export const CONVERSATION_ID = object({ conversationId: text({ form: 'uuid' }) });

export interface Match {
  /** Every route of this path, whatever its method. */
  readonly routes: readonly Route[];
  readonly params: Readonly<Record<string, string>>;
}

/** Undefined where no route has this path. */
export function matchPath(routes: readonly Route[], path: string): Match | undefined {
  const below = /^\/api\/(?:v1|latest)(\/.*)$/.exec(path)?.[1];
  if (below === undefined) return undefined;
  const said = below.split('/');
  const matching = routes.filter((route) => {
    const asked = route.path.split('/');
    return (
      asked.length === said.length &&
      asked.every((segment, index) => segment.startsWith(':') || segment === said[index])
    );
  });
  const [first] = matching;
  if (!first) return undefined;
  const params = first.path
    .split('/')
    .flatMap((segment, index) =>
      segment.startsWith(':') ? [[segment.slice(1), decoded(said[index] ?? '')]] : [],
    );
  return { routes: matching, params: Object.fromEntries(params) };
}

export function textAt(fields: Readonly<Record<string, unknown>>, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw new TypeError(`No shape vouched for ${key}.`);
  return value;
}

export function optionalText(
  fields: Readonly<Record<string, unknown>>,
  key: string,
): string | undefined {
  return fields[key] === undefined || fields[key] === null ? undefined : textAt(fields, key);
}

export function member<Known extends string>(
  known: readonly Known[],
  value: unknown,
): Known | undefined {
  return known.find((one) => one === value);
}

export function list(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
