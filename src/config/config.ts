// What an operator writes (the inputs) and what the gateway gets for it (the configs): the same fields, checked and frozen.

import type { ProviderName } from '../domain/ids.ts';
import type { GENERIC, OwnKind } from './own-kind.ts';
import type { Secret } from './secret.ts';

/**
 * Types the default export of a `parlance.config.ts`. Any text may hold `${NAME}`, an environment variable; `$${` stands
 * for a literal `${`.
 */
export function defineConfig<const Kinds extends readonly OwnKind[] = readonly []>(
  config: ConfigInput<Kinds>,
): ConfigInput<Kinds> {
  return config;
}

export interface ConfigInput<Kinds extends readonly OwnKind[] = readonly []> {
  /** Your accounts, each under a name you choose: a letter, then letters, digits, `-` or `_`, 64 at most. */
  readonly providers: { readonly [name: string]: ProviderInput | OwnInput<Kinds[number]> };
  /** Kinds of provider of your own, made by `defineProvider`. In YAML and JSON: the modules that export them. */
  readonly kinds?: Kinds;
  readonly server?: {
    /** 4000 where absent; 0 takes any free port. The variable PORT wins over it. */
    readonly port?: number;
    /** 127.0.0.1 where absent. The variable HOST wins over it. */
    readonly host?: string;
    /** The names by which it is reached, without a port; any other is refused. Absent: any, where callers sign in. */
    readonly hosts?: readonly string[];
    /** Pages of these origins may ask, as `https://app.example.com`. Absent: none but its own. */
    readonly origins?: readonly string[];
    /** Tells browsers to come over TLS from now on: for who has that before it. */
    readonly hsts?: boolean;
    /** Seals the page cursors. Without it cursors last until the next start, and two gateways refuse each other's. */
    readonly cursorSecret?: string;
    /** Once told to end, everything is still served for so long, so that balancers notice: 5000 where absent. */
    readonly leaveAfterMs?: number;
    /** And then what is running may take so long; where absent, a second longer than the slowest answer may. */
    readonly drainMs?: number;
    /** Beyond so many connections nobody is let in: 20000 where absent. */
    readonly maxConnections?: number;
    /** How many proxies stand before it that say in `X-Forwarded-For` who asked them; 0 where absent. */
    readonly trustProxy?: number;
  };
  /** What several gateways share, and what outlives them. Absent: each remembers in its own process. */
  readonly redis?: RedisInput;
  /** What subscriptions are told from: what is kept of it, and how often is looked for it. */
  readonly events?: EventsInput;
  /** For how long what providers answered is shown again; false: each query asks. */
  readonly cache?: CacheInput;
  /** What one operation may ask for, and one caller. Each has a bound where it is left out: docs/limits.md. */
  readonly limits?: LimitsInput;
  /** Operations that are known by the SHA-256 of their text. */
  readonly operations?: {
    /** JSON: the text of each by its SHA-256 in hexadecimal. */
    readonly file: string;
    /** Nothing else runs, except for callers with the scope `admin`; false where absent. */
    readonly only?: boolean;
  };
  /** Who is let in. It may be absent only where every account is at an emulator of this machine. */
  readonly auth?: AuthInput;
  readonly log?: {
    /** `info` where absent. The variable LOG_LEVEL wins over it. */
    readonly level?: LogLevel;
  };
  /** Where metrics are served besides `/metrics`, which wants the scope `admin`: here nobody signs in, so keep it to yourself. */
  readonly metrics?: {
    readonly port: number;
    /** 127.0.0.1 where absent. */
    readonly host?: string;
  };
  readonly telemetry?: {
    /**
     * Where spans are posted to, over OTLP/HTTP, as JSON; nothing of it is loaded where absent. The variable
     * OTEL_EXPORTER_OTLP_ENDPOINT wins over it, and stands for what is before `/v1/traces`.
     */
    readonly traces: string;
  };
}

/** One of the two at least. */
export interface AuthInput {
  /** The file of API keys that `parlance keys create` writes; from the folder of this config. */
  readonly keys?: string;
  /** Tokens that somebody else signs. */
  readonly jwt?: JwtInput;
}

export interface JwtInput {
  /** What tokens must say in `iss`. */
  readonly issuer: string;
  /** What tokens must name in `aud`: this gateway. */
  readonly audience: string;
  /** The public keys they are verified with: an https URL, or a file, from the folder of this config. */
  readonly jwks: string;
  /** How far the signer's clock may be from ours where `nbf` and `iat` are read; 30 where absent. `exp` holds to the second. */
  readonly clockSkewSeconds?: number;
  /** All of them where absent. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /** What the claims are called that say what a token is good for. */
  readonly claims?: {
    /** Scopes, as a list or as one text with spaces; `scope` where absent. */
    readonly scopes?: string;
    /** Names of accounts, or `all`; `parlance_providers` where absent. */
    readonly providers?: string;
    /** `{ provider, id }`, the contact it is confined to; `parlance_contact` where absent. */
    readonly contact?: string;
  };
}

/** Where the signer alone has what signs. With a shared secret, whoever can verify could sign. */
export const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

export interface LimitsInput {
  /** How deep fields may be nested; 16 where absent. */
  readonly depth?: number;
  /** How many fields may be given names of their own; 100. */
  readonly aliases?: number;
  /** 50. */
  readonly directives?: number;
  /** Names, brackets and the like; 10000. */
  readonly tokens?: number;
  /** How many fields may be selected, those of a fragment each time it is spread; 1000. */
  readonly breadth?: number;
  /** The most an operation may cost, in calls to providers; 500. */
  readonly cost?: number;
  /** How many operations one POST may hold as a list; 0, no list is taken. */
  readonly batch?: number;
  /** 1048576, which is the most. */
  readonly bodyBytes?: number;
  /** How long an operation may take; four times the longest deadline of a provider. */
  readonly operationMs?: number;
  /** Whether everybody may ask what the schema is. Absent: where nobody signs in; else callers with the scope `admin`. */
  readonly introspection?: boolean;
  /** Whether everybody is told what they may have meant by a field that is none. Absent, as with `introspection`. */
  readonly suggestions?: boolean;
  /**
   * What one caller may spend in a while, in the price of operations, over all gateways of a Redis; 6000 points in 60
   * seconds. This and the three below hold where callers sign in, and else where they are given: for each address then.
   */
  readonly rate?: { readonly points?: number; readonly perSeconds?: number };
  /** How many WebSockets one caller may have at a gateway; 50. */
  readonly socketsPerCaller?: number;
  /** And how many subscriptions, over WebSocket and SSE together; 200. */
  readonly subscriptionsPerCaller?: number;
  /** And how many queries and mutations at once; 100. */
  readonly operationsPerCaller?: number;
}

export interface EventsInput {
  readonly retention?: {
    /** How long events are kept for those who come back; 86400000, a day, where absent. */
    readonly ageMs?: number;
    /** How many, in each of eight lanes; 10000 where absent. */
    readonly length?: number;
  };
  /** While somebody listens, and when it is quiet a few times more seldom. */
  readonly polling?: {
    /** A conversation that somebody listens to is looked at this often; 2000 where absent. */
    readonly watchedMs?: number;
    /** And the inbox of an account; 15000 where absent. */
    readonly inboxMs?: number;
  };
}

/**
 * What is known to have changed is never shown, however these are set: they are for changes that nobody tells of. For each
 * kind of answer, what is left out stays as it is.
 */
export type CacheInput =
  | false
  | {
      /** How much this process keeps, in MB; 64 where absent. The least used goes first. */
      readonly memoryMb?: number;
      /** Pages of the list of conversations: 3000, 7000 and 3600000 where absent. */
      readonly conversations?: KeptTimesInput;
      /** One conversation: 5000, 10000 and 0. */
      readonly conversation?: KeptTimesInput;
      /** Pages of the messages of a conversation: 2000, 5000 and 0. */
      readonly messages?: KeptTimesInput;
      /** One message: 10000, 30000 and 0. */
      readonly message?: KeptTimesInput;
      /** Who takes part in a conversation: 10000, 30000 and 0. */
      readonly participants?: KeptTimesInput;
    };

export interface KeptTimesInput {
  /** As long as this an answer is shown without asking again. */
  readonly freshMs?: number;
  /** So much longer it is shown once more, while it is asked for again. */
  readonly staleMs?: number;
  /** So long after it was asked for it is shown where the provider fails. Only the inbox has a place to say that it is old. */
  readonly graceMs?: number;
}

/** One server, one found through Sentinels, or a cluster. */
export type RedisInput = RedisServerInput | RedisSentinelsInput | RedisClusterInput;

export interface RedisServerInput {
  /** `redis://` or, over TLS, `rediss://`. The variable REDIS_URL wins over it, and over `sentinels` and `cluster`. */
  readonly url: string;
  /** Of every key; `parlance:` where absent. */
  readonly prefix?: string;
}

export interface RedisSentinelsInput {
  /** The Sentinels, each as a URL; what stands in one before the `@` is for the Sentinel itself. */
  readonly sentinels: readonly string[];
  /** What the Sentinels call the server. */
  readonly name: string;
  /** For the server. */
  readonly username?: string;
  readonly password?: string;
  readonly prefix?: string;
}

export interface RedisClusterInput {
  /** Some of its nodes, each as a URL; the others are found. All take the credentials of the first. */
  readonly cluster: readonly string[];
  readonly prefix?: string;
}

export type ProviderInput =
  | BotpressInput
  | ChatlingInput
  | ChatBotKitInput
  | PinkfishInput
  | StackAuthInput;

/** An account of a kind of your own: the settings that its schema takes. */
export type OwnInput<Kind extends OwnKind> =
  Kind extends OwnKind<infer Name, infer Given>
    ? { readonly kind: Name } & SharedInput & Given
    : never;

export interface SharedInput {
  /** An origin to call instead of the provider's own, for an emulator or a proxy: `https://proxy.example.com`. */
  readonly url?: string;
  /** How long one call may take; 2500 where absent. */
  readonly deadlineMs?: number;
  /** How long a call may take in which a model writes an answer; 30000 where absent. */
  readonly replyDeadlineMs?: number;
}

export interface BotpressInput extends SharedInput {
  readonly kind: 'botpress';
  /** A personal access token, or an access key of the bot or the integration. */
  readonly token: string;
  readonly botId: string;
  /** Acts as this integration instead of as the bot. */
  readonly integrationId?: string;
  readonly integrationAlias?: string;
  /**
   * The key of a tag of messages that the bot declares for this gateway alone. With it a message of the bot's whose answer
   * was lost is asked for again, and is there once; without it the conversation's newest messages are compared.
   */
  readonly idempotencyTag?: string;
  /**
   * The word set in the Chat integration beside its webhook address, `/webhooks/<the name of this account>` at this
   * gateway. Without it webhooks are refused, and news is found by looking.
   */
  readonly webhookSecret?: string;
}

export interface ChatlingInput extends SharedInput {
  readonly kind: 'chatling';
  readonly token: string;
  /** Ten digits, as text: a number would lose its leading zeros. */
  readonly chatbotId: string;
  /** The model that answers where a message names none. */
  readonly aiModelId?: number;
  readonly languageId?: number;
}

export interface ChatBotKitInput extends SharedInput {
  readonly kind: 'chatbotkit';
  /** Absent: ChatBotKit itself is asked. */
  readonly via?: never;
  readonly secret: string;
  /** A child account to act as. */
  readonly runAsUserId?: string;
  readonly runAsChildUserEmail?: string;
  /** An IANA name such as `Europe/Berlin`. */
  readonly timezone?: string;
}

/** ChatBotKit as Pinkfish lends it out: the key of ChatBotKit is kept there, under a connection. */
export interface PinkfishInput extends SharedInput {
  readonly kind: 'chatbotkit';
  readonly via: 'pinkfish';
  /** Of an application at Pinkfish. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The organization the application acts for. */
  readonly orgId: string;
  /** The connection that holds the key of ChatBotKit. */
  readonly pcid: string;
}

export interface StackAuthInput extends SharedInput {
  readonly kind: 'stack-auth';
  /** The project whose conversations are kept. */
  readonly projectId: string;
  /** Of the project `internal`, as the dashboard uses it: public, so not a secret. */
  readonly publishableClientKey: string;
  /** Of a dashboard user who is in the team that owns the project. */
  readonly refreshToken: string;
  /** Saves the first refresh; short-lived. */
  readonly accessToken?: string;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Deeply frozen. `sandbox`: nothing was configured, so the emulators play the providers. */
export interface Config {
  readonly kind: 'configured' | 'sandbox';
  readonly providers: readonly ProviderConfig[];
  readonly server: {
    readonly port: number;
    readonly host: string;
    readonly hosts?: readonly string[];
    readonly origins?: readonly string[];
    readonly hsts?: boolean;
    readonly cursorSecret?: Secret;
    readonly leaveAfterMs?: number;
    readonly drainMs?: number;
    readonly maxConnections?: number;
    readonly trustProxy?: number;
  };
  readonly redis?: RedisConfig;
  readonly events?: EventsInput;
  readonly cache?: CacheInput;
  readonly auth?: AuthConfig;
  readonly limits?: LimitsInput;
  readonly operations?: OperationsConfig;
  readonly log: { readonly level: LogLevel };
  readonly metrics?: { readonly port: number; readonly host?: string };
  readonly telemetry?: { readonly traces: string };
}

export interface AuthConfig {
  /** Where the file is, from the root. */
  readonly keys?: string;
  readonly jwt?: JwtConfig;
}

export interface JwtConfig extends Required<Omit<JwtInput, 'jwks' | 'claims'>> {
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly claims: Required<NonNullable<JwtInput['claims']>>;
}

export interface OperationsConfig {
  /** The text by its hash. */
  readonly listed: ReadonlyMap<string, string>;
  readonly only: boolean;
}

export type RedisConfig =
  | { readonly url: Secret; readonly prefix?: string }
  | {
      readonly sentinels: readonly Secret[];
      readonly name: string;
      readonly username?: string;
      readonly password?: Secret;
      readonly prefix?: string;
    }
  | { readonly cluster: readonly Secret[]; readonly prefix?: string };

export type ProviderConfig =
  | BotpressConfig
  | ChatlingConfig
  | ChatBotKitConfig
  | PinkfishConfig
  | StackAuthConfig
  | OwnConfig;
export type BotpressConfig = Checked<BotpressInput, 'token' | 'webhookSecret'>;
export type ChatlingConfig = Checked<ChatlingInput, 'token'>;
export type ChatBotKitConfig = Checked<ChatBotKitInput, 'secret'>;
export type PinkfishConfig = Checked<PinkfishInput, 'clientSecret'>;
export type StackAuthConfig = Checked<StackAuthInput, 'refreshToken' | 'accessToken'>;

/** An account of a kind from outside this tree. */
export interface OwnConfig {
  readonly kind: typeof GENERIC;
  /** The kind it is registered as. */
  readonly of: string;
  readonly name: ProviderName;
  readonly url?: string;
  readonly deadlineMs: number;
  readonly replyDeadlineMs: number;
  /** What the kind's own schema made of it, its credentials hidden. */
  readonly settings: unknown;
  readonly definition: OwnKind;
}

type Checked<Input extends SharedInput, Hidden extends keyof Input> = {
  readonly [Field in keyof Input]: Field extends Hidden ? Secret : Input[Field];
} & {
  readonly name: ProviderName;
  readonly deadlineMs: number;
  readonly replyDeadlineMs: number;
};
