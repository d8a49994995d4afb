// What the rest of the house may say to an operator; how it is written down is main's business.

export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
}

/** Never a credential, never what people wrote to each other. */
export type LogFields = Readonly<Record<string, unknown>>;
