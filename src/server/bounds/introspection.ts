// Who may ask what the schema is, and who is told what they may have meant: by caller, after what was parsed and
// validated, which is kept for all of them.

import { type DocumentNode, GraphQLError, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../domain/caller.ts';
import type { Came } from '../graphql.ts';
import { refused } from '../refused.ts';
import type { Limits } from './limits.ts';

export interface Disclosure extends Pick<Limits, 'introspection' | 'suggestions'> {
  /** Whether anybody is let in without a word. */
  readonly open: boolean;
}

export function disclosed({ open, introspection, suggestions }: Disclosure): Plugin<Came> {
  const mayIntrospect = onlyWhere(introspection, open);
  const maySuggest = onlyWhere(suggestions, open);
  return {
    onValidate({ context: { session }, params: { documentAST } }) {
      return ({ valid, result, setResult }) => {
        if (valid && asksForSchema(documentAST) && !mayIntrospect(session.caller)) {
          setResult([refused(NO_INTROSPECTION, 'FORBIDDEN')]);
        }
        if (!valid && !maySuggest(session.caller)) setResult(withoutHints(result));
      };
    },
    onExecute({ args: { contextValue } }) {
      const { session } = contextValue;
      if (maySuggest(session.caller)) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (!('errors' in result) || !result.errors) return;
          setResult({ ...result, errors: withoutHints(result.errors) });
        },
      };
    },
    onSubscribe({ args: { contextValue } }) {
      const { session } = contextValue;
      if (maySuggest(session.caller)) return undefined;
      return {
        onSubscribeResult({ result, setResult }) {
          if (!('errors' in result) || !result.errors) return;
          setResult({ ...result, errors: withoutHints(result.errors) });
        },
      };
    },
  };
}

const NO_INTROSPECTION =
  'This gateway does not tell its schema. Ask its operator for it, or sign in with the scope admin.';

/** Where nobody signs in, `admin` says nothing of who asks. */
function onlyWhere(setting: boolean | undefined, open: boolean): (caller: Caller) => boolean {
  if (setting ?? open) return () => true;
  return open ? () => false : ({ scopes }) => scopes.has('admin');
}

const found = new WeakMap<DocumentNode, boolean>();

/** By the name of the field, which no other field may have; what a field, a fragment or an operation is called besides is nothing. */
function asksForSchema(document: DocumentNode): boolean {
  const known = found.get(document);
  if (known !== undefined) return known;
  let asks = false;
  visit(document, {
    [Kind.FIELD]: ({ name: { value } }) => {
      asks ||= value === '__schema' || value === '__type';
    },
  });
  found.set(document, asks);
  return asks;
}

/** Copies: the errors of a document are kept, and shown to others whole. */
function withoutHints(errors: readonly unknown[]): GraphQLError[] {
  return errors.filter((error) => error instanceof GraphQLError).map(withoutHint);
}

function withoutHint(error: GraphQLError): GraphQLError {
  // What a resolver says of its own is no hint.
  if (error.path) return error;
  const message = error.message.replace(/ ?Did you mean .*\?$/s, '');
  if (message === error.message) return error;
  const { nodes = null, source = null, positions = null, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions });
}
