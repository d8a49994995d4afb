// What is not certain about Pinkfish's server, one switch each; the defaults are what its documents come nearest to.

export interface Switches {
  /** Where a tool's call fails at ChatBotKit: an error of the protocol, a result marked as one, or a text like any other. */
  readonly upstreamRefusals: 'rpc-error' | 'isError' | 'text';
  /** How such a failure is worded: with the body ChatBotKit answered, or with its status alone. */
  readonly refusalWords: 'body' | 'status';
  /** A 304, by which ChatBotKit says that nothing was changed: an empty result, or worded like a failure. */
  readonly notModified: 'empty' | 'failure';
  /** A result as an object beside its text, or as the text alone. */
  readonly results: 'structured' | 'text';
  /** Whether the handshake of generic MCP clients is known; tools can be called without it either way. */
  readonly handshake: 'known' | 'unknown';
  /** The metadata a list is narrowed by: passed on, or dropped, for it is described as being about something else. */
  readonly listMeta: 'passed' | 'dropped';
  /** How long a token holds, in seconds. */
  readonly tokenSeconds: number;
}

export const DEFAULT_SWITCHES: Switches = {
  upstreamRefusals: 'rpc-error',
  refusalWords: 'body',
  notModified: 'empty',
  results: 'structured',
  handshake: 'known',
  listMeta: 'passed',
  tokenSeconds: 3600,
};
