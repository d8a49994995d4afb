// What is not certain about ChatBotKit, one switch each; the defaults are what its notes and newest code say.

import type { RefusalCode } from './refusal.ts';

export interface Switches {
  /** Unset columns: its database has them as null, its own client's types say they are absent. */
  readonly nulls: 'null' | 'omit';
  /** What create leaves in model, backstory, privacy, moderation when none is given: nothing, or '' and false. */
  readonly unsetBotConfig: 'null' | 'empty';
  /** Engine events carry createdAt in newer servers; the published types do not know it. */
  readonly createdAtOnEvents: boolean;
  /** The code lists messages oldest first, its reference says newest first. */
  readonly messageOrderDefault: 'asc' | 'desc';
  /** Listing after the id of a row deleted meanwhile: its database finds no place and answers nothing. */
  readonly cursorOfDeleted: 'empty' | 'continues';
  /** A stream of a list stops at `take`, or ends the page of at most 100 it was in. */
  readonly jsonlTake: 'exact' | 'whole-pages';
  /** Slow JSON answers have sent their 200 when the error comes; true makes every engine error such a one. */
  readonly lateErrors: boolean;
  /** A complete that cannot begin, asked for as a stream: an error line under 200, or a status. */
  readonly earlyErrorsInStream: 'line' | 'status';
  /** After an error line the stream ends, or an empty result with reason "error" still follows. */
  readonly afterEngineError: 'end' | 'result';
  /** The client went away: the tokens so far become a bot row, or nothing does. */
  readonly partialOnAbort: 'kept' | 'dropped';
  /** A session token on a route it may not use: said to be forbidden; by another reading unauthenticated. */
  readonly sessionRefusal: 403 | 401;
  /** Meta keys that begin with an underscore: silently dropped, or refused by the body's schema. */
  readonly metaUnderscore: 'dropped' | 'refused';
  /** null for contactId, taskId, spaceId or botId on update: documented to clear, in code left as it was. */
  readonly nullLinks: 'cleared' | 'kept';
  /** Whether linked ids must exist in the account (then 400); off, any string will do. */
  readonly links: 'trusted' | 'checked';
  /** Known entities make message text be redacted; an installation without a detector lets it pass. */
  readonly pii: 'redacts' | 'passes';
  /** Known entities on send and complete: as documented, or nothing but begin and end. */
  readonly entitiesOnSend: 'any' | 'offsets';
  /** The word of an injected 429: the quota's, or the gateway's before it. */
  readonly tooMany: RefusalCode;
  /** Files in a request, in bytes. Documented as 4.5 MB. */
  readonly uploadLimitBytes: number;
  /** Files announced for a later PUT, in bytes: the plan's, not known. */
  readonly planFileLimitBytes: number;
  /** Requests a minute and account, by class; the real numbers are not known, absent is unlimited. */
  readonly ratePerMinute: Partial<Record<RateClass, number>>;
  /** Streams are cut into pieces of this many bytes; absent, a piece is a line. */
  readonly chunkBytes: number | undefined;
  /** Between two tokens, in milliseconds. */
  readonly tokenMs: number;
  readonly pingEveryMs: number;
  readonly nopAfterMs: number;
}

export type RateClass = 'conversation' | 'message' | 'poll';

export const DEFAULT_SWITCHES: Switches = {
  nulls: 'null',
  unsetBotConfig: 'null',
  createdAtOnEvents: true,
  messageOrderDefault: 'asc',
  cursorOfDeleted: 'empty',
  jsonlTake: 'exact',
  lateErrors: false,
  earlyErrorsInStream: 'line',
  afterEngineError: 'end',
  partialOnAbort: 'kept',
  sessionRefusal: 403,
  metaUnderscore: 'dropped',
  nullLinks: 'cleared',
  links: 'trusted',
  pii: 'redacts',
  entitiesOnSend: 'any',
  tooMany: 'LIMITS_REACHED',
  uploadLimitBytes: 4.5 * 1024 * 1024,
  planFileLimitBytes: 100 * 1024 * 1024,
  ratePerMinute: {},
  chunkBytes: undefined,
  tokenMs: 0,
  pingEveryMs: 10_000,
  nopAfterMs: 16_667,
};
