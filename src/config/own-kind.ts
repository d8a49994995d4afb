// A kind of provider from outside this tree, as far as the config has to know it.

/**
 * The part of a Standard Schema (https://standardschema.dev) that is used here: zod, Valibot and ArkType make such. Declared
 * here, so that a provider of your own may choose its own.
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** By this a kind is known, also where its module had another copy of this package. */
export const MADE: unique symbol = Symbol.for('parlance.defineProvider');

/** Made by `defineProvider`; how it is opened is not the config's to know. */
export interface OwnKind<Kind extends string = string, Given = unknown> {
  readonly [MADE]: true;
  readonly kind: Kind;
  readonly settings: StandardSchema<Given>;
  /** Names of settings that are credentials. */
  readonly secrets: readonly string[];
  /** Where its service lives, unless an account says `url`. */
  readonly origin: string;
}

export function isOwnKind(given: unknown): given is OwnKind {
  return typeof given === 'object' && given !== null && MADE in given;
}

/** What an account of such a kind is called among those of our own. */
export const GENERIC = 'generic';
