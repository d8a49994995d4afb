// One thing to put right in the config: where it is, and one sentence that says what to do.
// A sentence never repeats a value: whatever stands in the wrong place may be a secret.

import type { ZodError } from 'zod';

export interface Mistake {
  /** `providers.website.token`, `env.PORT`, or the name of the file. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly string[];

export function mistake(path: Path, complaint: string): Mistake {
  const shown = showPath(path);
  return { path: shown, message: `${shown} ${complaint}.` };
}

function showPath([first = '', ...rest]: Path): string {
  return rest.reduce((shown, key) => shown + showKey(key), first);
}

export function mistakesOf(error: ZodError, below: Path): Mistake[] {
  return error.issues.map((issue) => mistake([...below, ...issue.path.map(String)], issue.message));
}

function showKey(key: string): string {
  if (/^[\w-]{1,64}$/.test(key)) return `.${key}`;
  // `{ token:sk-1 }`, without the space, is a key to YAML: what looks like that is not shown.
  return /^[^:\p{C}]{1,64}$/u.test(key) ? `[${JSON.stringify(key)}]` : '["…"]';
}
