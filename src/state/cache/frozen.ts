// A copy of a value that nobody can change, with its size: what one reader does to it no other one sees.

export interface Frozen {
  readonly value: unknown;
  /** About as many as its JSON has. */
  readonly bytes: number;
}

/** Undefined for what JSON would not give back as it is, dates aside, or what is nested as no answer is. */
export function frozen(value: unknown): Frozen | undefined {
  let bytes = 0;

  function copy(one: unknown, depth: number): unknown {
    bytes += 2;
    if (one === null || one === undefined || typeof one === 'boolean') return one;
    if (typeof one === 'string') {
      bytes += one.length;
      return one;
    }
    if (typeof one === 'number' && Number.isFinite(one)) {
      bytes += 8;
      return one;
    }
    if (typeof one !== 'object' || depth > MOST_DEPTH) return UNFIT;
    if (one instanceof Date) {
      bytes += 24;
      return Number.isNaN(one.getTime()) ? UNFIT : Object.freeze(new Date(one));
    }
    return Array.isArray(one) ? copyOfList(one, depth) : copyOfRecord(one, depth);
  }

  function copyOfList(list: readonly unknown[], depth: number): unknown {
    const copied: unknown[] = [];
    for (const one of list) {
      // JSON knows no hole in a list.
      const inner = one === undefined ? null : copy(one, depth + 1);
      if (inner === UNFIT) return UNFIT;
      copied.push(inner);
    }
    return Object.freeze(copied);
  }

  function copyOfRecord(record: object, depth: number): unknown {
    const kind: unknown = Object.getPrototypeOf(record);
    if (kind !== Object.prototype && kind !== null) return UNFIT;
    const copied: [string, unknown][] = [];
    for (const [key, one] of Object.entries(record)) {
      if (one === undefined) continue;
      bytes += key.length;
      const inner = copy(one, depth + 1);
      if (inner === UNFIT) return UNFIT;
      copied.push([key, inner]);
    }
    return Object.freeze(Object.fromEntries(copied));
  }

  const copied = copy(value, 0);
  return copied === UNFIT ? undefined : { value: copied, bytes };
}

const UNFIT = Symbol('unfit');

/** Deeper than any card of any provider, and far from the end of the stack. */
const MOST_DEPTH = 200;
