// What may be imported from this package: by a config file, and by a provider from outside this tree.

export {
  type BotpressInput,
  type ChatBotKitInput,
  type ChatlingInput,
  type ConfigInput,
  defineConfig,
  type LogLevel,
  type OwnInput,
  type PinkfishInput,
  type ProviderInput,
  type SharedInput,
  type StackAuthInput,
} from './config/config.ts';
export type { StandardSchema } from './config/own-kind.ts';
export {
  defineProvider,
  type OwnAccount,
  type OwnTable,
  type ProviderKind,
  type SettingsOf,
} from './define-provider.ts';
export type * from './domain/conversation.ts';
export {
  checked,
  conversationAt,
  type Failure,
  failed,
  type Issue,
  invalid,
  mapOutcome,
  messageIn,
  type Outcome,
  reasonOf,
  success,
} from './domain/failure.ts';
export type { ConversationRef, MessageRef, ProviderName } from './domain/ids.ts';
export type * from './domain/message.ts';
export { bareText, plainText } from './domain/message.ts';
export type * from './domain/native.ts';
export type * from './domain/page.ts';
export type * from './domain/participant.ts';
export type * from './domain/reply.ts';
export { meetsTag, type Tag } from './domain/tag.ts';
export type { Support, Verb } from './domain/verb.ts';
export type { Answer, Arrival, Ask } from './providers/ask.ts';
export {
  type Http,
  isAnotherPath,
  overload,
  unavailable,
} from './providers/http.ts';
export type {
  Able,
  Call,
  Credential,
  FilterTable,
  Unable,
  VerbTable,
} from './providers/provider.ts';
export type * from './providers/verbs.ts';
export {
  misshapen,
  quoted,
  readBody,
  readRows,
  timesInPlace,
  toDate,
  unseen,
  type WirePage,
  withRaw,
} from './providers/wire-reading.ts';
