// A text that cannot be printed by accident: logs, JSON and the debugger see «redacted», only reveal() gives it away.

import { inspect } from 'node:util';

export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
  [inspect.custom](): string;
}

export function secret(text: string): Secret {
  // The text lives in this closure and in no property, so spreading, cloning or inspecting cannot find it.
  return Object.freeze({
    reveal: () => text,
    toString: redacted,
    toJSON: redacted,
    [inspect.custom]: redacted,
  });
}

function redacted(): string {
  return '«redacted»';
}
