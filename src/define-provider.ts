// How a kind of provider from outside this tree is made: its settings, and what opens an account of it.

import { MADE, type OwnKind, type StandardSchema } from './config/own-kind.ts';
import type { ProviderName } from './domain/ids.ts';
import type { Verb } from './domain/verb.ts';
import type { Http } from './providers/http.ts';
import type { Able, Credential, Unable } from './providers/provider.ts';

/**
 * Defines a kind of provider. Export what it returns by default, and name the module under `kinds` in the config; or, in a
 * `parlance.config.ts`, put it there itself.
 *
 * `kind`: small letters, digits and `-`, none of this gateway's own. `settings`: a schema of zod, or of another library
 * that makes Standard Schemas, for what an account says besides `kind`, `url`, `deadlineMs` and `replyDeadlineMs`.
 * `secrets`: which of the settings are credentials; they have to be text, and arrive as a `Credential`. `origin`: where the
 * service lives, unless an account says `url`. `open`: called once for each account, at the start; it asks nobody yet, and
 * gives the verbs there are. What is not given is refused before any call.
 */
export function defineProvider<
  const Kind extends string,
  Schema extends StandardSchema,
  const Hidden extends keyof OutputOf<Schema> & string = never,
>(definition: Definition<Kind, Schema, Hidden>): ProviderKind<Kind, InputOf<Schema>> {
  const { kind, settings, secrets = [], origin } = definition;
  const made: ProviderKind<Kind, InputOf<Schema>> = {
    [MADE]: true,
    kind,
    settings,
    secrets: Object.freeze([...secrets]),
    origin,
    open: (account: OwnAccount<SettingsOf<Schema, Hidden>>) => definition.open(account),
  };
  return Object.freeze(made);
}

interface Definition<Kind extends string, Schema extends StandardSchema, Hidden extends string> {
  readonly kind: Kind;
  readonly settings: Schema;
  readonly secrets?: readonly Hidden[];
  readonly origin: string;
  open(account: OwnAccount<SettingsOf<Schema, Hidden>>): OwnTable;
}

/** One account, as `open` is handed it. */
export interface OwnAccount<Settings> {
  /** The name it has in the config: every failure and every row says it. */
  readonly name: ProviderName;
  readonly settings: Settings;
  /** The door to the service: `ask` keeps the deadline and tells a refusal from a lost answer. */
  readonly http: Http;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly deadlineMs: number;
  readonly replyDeadlineMs: number;
}

/** What a provider can do, verb by verb. One that is not there is `NONE`; say why with an entry of your own. */
export type OwnTable = { readonly [V in Verb]?: Able<V> | Unable };

/** What `defineProvider` makes. */
export interface ProviderKind<Kind extends string = string, Given = unknown>
  extends OwnKind<Kind, Given> {
  open(account: OwnAccount<unknown>): OwnTable;
}

/** What `open` is handed as `settings`: what the schema makes of them, each secret as a `Credential`. */
export type SettingsOf<Schema extends StandardSchema, Hidden extends string = never> = {
  readonly [Name in keyof OutputOf<Schema>]: Name extends Hidden
    ? Exclude<OutputOf<Schema>[Name], string> | Credential
    : OutputOf<Schema>[Name];
};

type InputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input'];

type OutputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];
