// Puts environment variables where a config says ${NAME}, in every text of it.

import type { Environment } from './environment.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import { isOwnKind } from './own-kind.ts';

export interface Interpolated {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
}

export function interpolate(given: unknown, environment: Environment): Interpolated {
  const mistakes: Mistake[] = [];

  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return fill(value, path);
    // YAML anchors and TypeScript can both tie a knot; whatever is this deep is no setting of ours.
    if (typeof value !== 'object' || value === null || path.length > DEEPEST_SETTING) return value;
    // A piece of program, in a typed config: it has no texts of the operator's.
    if (isOwnKind(value)) return value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, `${index}`]));
    return Object.fromEntries(
      Object.entries(value)
        // In TypeScript an absent setting may be spelled `undefined`.
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, walk(item, [...path, key])]),
    );
  }

  function fill(text: string, path: Path): string {
    return text.replaceAll(REFERENCE, (reference, name?: string) => {
      if (reference === '$${') return '${';
      if (name === undefined) {
        mistakes.push(
          mistake(
            path,
            'holds a ${ that names no environment variable: write ${NAME}, or $${ for a literal ${',
          ),
        );
        return reference;
      }
      const value = environment[name];
      if (value !== undefined) return value;
      mistakes.push(
        mistake(
          path,
          `needs the environment variable ${name}, which is not set: set it, or write $\${ for a literal \${`,
        ),
      );
      return reference;
    });
  }

  return { value: walk(given, []), mistakes };
}

const DEEPEST_SETTING = 6;
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;
