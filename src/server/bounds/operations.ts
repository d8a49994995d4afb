// Operations that are named by the SHA-256 of their text: those an operator has listed, and those a client has sent before.

import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Caller } from '../../domain/caller.ts';
import { malformed, refused } from '../refused.ts';

export interface Operations {
  /** The text to run: what was sent, or what it names. Undefined where there is neither; throws where it may not run. */
  textOf(sent: Sent, caller: Caller): string | undefined;
}

export interface Sent {
  readonly query?: unknown;
  readonly extensions?: unknown;
}

export interface OperationsParts {
  /** What an operator has listed: the text by its hash. */
  readonly listed?: ReadonlyMap<string, string>;
  /** Whether nothing else runs, except for callers with the scope `admin` where callers sign in. */
  readonly only?: boolean;
  /** Whether anybody is let in without a word. */
  readonly open: boolean;
}

/** What clients have sent is kept up to this; the least used goes first, and its client sends it again. */
const MOST_KEPT = { texts: 1000, characters: 4_000_000 };
/** One longer than that is sent each time. */
const LONGEST_KEPT = 20_000;

export function openOperations({
  listed = new Map(),
  only = false,
  open,
}: OperationsParts): Operations {
  const sentBefore = textsKept();
  const mayRunAny = ({ scopes }: Caller) => !only || (!open && scopes.has('admin'));

  return {
    textOf({ query, extensions }, caller) {
      const hash = hashIn(extensions);
      if (typeof query !== 'string' || query === '') {
        if (hash === undefined) {
          if (only && !mayRunAny(caller)) throw notListed();
          return undefined;
        }
        const text = listed.get(hash) ?? (mayRunAny(caller) ? sentBefore.get(hash) : undefined);
        if (text === undefined) throw notFound();
        return text;
      }
      if (hash === undefined) {
        if (!mayRunAny(caller) && !listed.has(hashOf(query))) throw notListed();
        return query;
      }
      if (hash !== hashOf(query)) {
        throw refused(
          'The hash in extensions.persistedQuery is not that of this text. Send the SHA-256 of it, in hexadecimal.',
        );
      }
      if (!mayRunAny(caller) && !listed.has(hash)) throw notListed();
      if (!listed.has(hash)) sentBefore.set(hash, query);
      return query;
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hashIn(extensions: unknown): string | undefined {
  const named = fieldOf(extensions, 'persistedQuery');
  if (named === undefined || named === null) return undefined;
  const hash = fieldOf(named, 'sha256Hash');
  if (fieldOf(named, 'version') !== 1 || typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    throw malformed(
      'Name an operation as extensions.persistedQuery: { "version": 1, "sha256Hash": "<64 hexadecimal digits>" }.',
    );
  }
  return hash;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** In the words of the protocol, by which its clients know to send the text. */
function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', {
    extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { spec: true, status: 400 } },
  });
}

function notListed(): GraphQLError {
  return refused(
    'Only operations that are listed run here. Send extensions.persistedQuery.sha256Hash of one, or ask the operator to list this one.',
    'FORBIDDEN',
  );
}

function textsKept() {
  const texts = new Map<string, string>();
  let characters = 0;

  function forget(hash: string): void {
    characters -= texts.get(hash)?.length ?? 0;
    texts.delete(hash);
  }

  return {
    get(hash: string): string | undefined {
      const text = texts.get(hash);
      if (text === undefined) return undefined;
      texts.delete(hash);
      texts.set(hash, text);
      return text;
    },
    set(hash: string, text: string): void {
      if (text.length > LONGEST_KEPT) return;
      forget(hash);
      texts.set(hash, text);
      characters += text.length;
      for (const oldest of texts.keys()) {
        if (texts.size <= MOST_KEPT.texts && characters <= MOST_KEPT.characters) break;
        forget(oldest);
      }
    },
  };
}
