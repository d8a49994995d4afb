// What may be asked in one operation, and what it may cost: the bounds where an operator names none.

/** The parts that a config may name; the others are as they are here. */
export interface Limits {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly tokens: number;
  readonly breadth: number;
  readonly cost: number;
  /** How many operations one POST may hold; 0: no list is taken, not even of one. */
  readonly batch: number;
  readonly bodyBytes: number;
  /** Absent: four times the longest deadline of a provider. */
  readonly operationMs?: number;
  /** Absent, these two are for everybody where nobody signs in, else for callers with the scope `admin`. */
  readonly introspection?: boolean;
  readonly suggestions?: boolean;
}

export const LIMITS: Limits = {
  // Deep enough for every field by the shortest way, for a thread within an inbox within a message, and for the question
  // by which tools ask for the schema.
  depth: 16,
  // The broadest page there is asks for a dozen things under names of its own.
  aliases: 100,
  directives: 50,
  // Names, brackets and the like; the broadest operation that is let through has half as many.
  tokens: 10_000,
  breadth: 1000,
  // A hundred conversations with twenty messages each, a dozen values of each.
  cost: 500,
  batch: 0,
  // What the contract names; a config may only take less.
  bodyBytes: 1024 * 1024,
};
