// Reads GraphQL documents within bounds: one that is out of all proportion costs neither time nor memory worth speaking of.

import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../domain/caller.ts';
import type { Came } from '../graphql.ts';
import { malformed, refused } from '../refused.ts';
import type { Limits } from './limits.ts';
import type { Operations, Sent } from './operations.ts';

/** An operation at the limits of the schema takes a tenth of it; what belongs into variables is not counted. */
const MAX_CHARACTERS = 100_000;
/** A kept document takes hundreds of times its length: of what is longer or rarer than this, nothing is kept. */
const KEPT = { characters: 5000, documents: 100 };

export function boundedDocuments({
  limits: { tokens, batch },
  operations,
}: {
  readonly limits: Pick<Limits, 'tokens' | 'batch'>;
  readonly operations: Operations;
}): Plugin<object, Came> {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (requestParser) setRequestParser(async (request) => parsed(requestParser, request));
      return {
        onRequestParseDone({ requestParserResult: sent }) {
          if (!Array.isArray(sent)) return;
          if (sent.length > batch) throw malformed(tooMany(sent.length, batch));
          if (!sent.every(isMapping)) throw malformed(NO_OPERATION);
        },
      };
    },
    onParams({ params, setParams, context: { session } }) {
      setParams({ ...params, query: textOf(operations, params, session.caller) });
    },
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: string | { readonly body: string }, options: object) => {
        const { length } = typeof source === 'string' ? source : source.body;
        if (length > MAX_CHARACTERS) {
          throw refused(
            `This operation has ${length} characters, and ${MAX_CHARACTERS} are the most. Put data into variables.`,
          );
        }
        try {
          return parseFn(source, { ...options, maxTokens: tokens });
        } catch (error) {
          // The parser calls itself for every level, and runs out of stack before it runs out of tokens.
          if (error instanceof RangeError) {
            throw refused('This operation is nested too deeply. Ask for less depth.');
          }
          if (error instanceof Error && error.message.endsWith('Parsing aborted.')) {
            throw refused(
              `This operation has more than ${tokens} names, brackets and the like. Ask for less at once.`,
            );
          }
          throw error;
        }
      });
    },
  };
}

/** The text of an operation, or a sentence to whoever sent none. */
export function textOf(operations: Operations, sent: Sent, caller: Caller): string {
  const text = operations.textOf(sent, caller);
  if (text !== undefined) return text;
  throw malformed(NO_OPERATION);
}

const NO_OPERATION = 'Send an operation: { "query": "{ conversations { nodes { title } } }" }.';

/** What stands in an address is read by the GraphQL server as it is, and would be a bug of ours where it is no JSON. */
async function parsed<Result>(
  parse: (request: Request) => Promise<Result> | Result,
  request: Request,
): Promise<Result> {
  try {
    return await parse(request);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(NO_JSON);
    throw error;
  }
}

const NO_JSON =
  '`variables` and `extensions` must be JSON, also in an address. Send { … }, escaped.';

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tooMany(sent: number, most: number): string {
  return most === 0
    ? 'Lists of operations are not taken. Send each by itself, or as fields of one operation.'
    : `This list has ${sent} operations, and ${most} are the most. Send it in parts.`;
}

/** What was parsed, or why it could not be, by the text of the document. The oldest makes room. */
export function documentCache<Value>() {
  const kept = new Map<string, Value>();
  return {
    get: (text: string) => kept.get(text),
    set(text: string, value: Value) {
      if (text.length > KEPT.characters) return;
      const [oldest] = kept.keys();
      if (kept.size >= KEPT.documents && oldest !== undefined) kept.delete(oldest);
      kept.set(text, value);
    },
  };
}
