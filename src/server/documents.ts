// Reads GraphQL documents within bounds: one that is out of all proportion costs neither time nor memory worth speaking of.

import { createGraphQLError, type Plugin } from 'graphql-yoga';

/** An operation at the limits of the schema takes a tenth of it; what belongs into variables is not counted. */
const MAX_CHARACTERS = 100_000;
/** Names, brackets and the like; the broadest operation the schema lets through has half as many. */
const MAX_TOKENS = 10_000;
/** A kept document takes hundreds of times its length: of what is longer or rarer than this, nothing is kept. */
const KEPT = { characters: 5000, documents: 100 };

export function boundedDocuments(): Plugin {
  return {
    onParams({ params }) {
      if (params.query === undefined || params.query === null) {
        throw createGraphQLError(
          'Send an operation: { "query": "{ conversations { nodes { title } } }" }.',
          {
            extensions: { code: 'INVALID_INPUT', http: { status: 400 } },
          },
        );
      }
    },
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: string | { readonly body: string }, options: object) => {
        const { length } = typeof source === 'string' ? source : source.body;
        if (length > MAX_CHARACTERS) {
          throw refused(
            `has ${length} characters, and ${MAX_CHARACTERS} are the most. Put data into variables.`,
          );
        }
        try {
          return parseFn(source, { ...options, maxTokens: MAX_TOKENS });
        } catch (error) {
          // The parser calls itself for every level, and runs out of stack before it runs out of tokens.
          if (error instanceof RangeError)
            throw refused('is nested too deeply. Ask for less depth.');
          throw error;
        }
      });
    },
  };
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

function refused(said: string) {
  return createGraphQLError(`This operation ${said}`, { extensions: { code: 'INVALID_INPUT' } });
}
