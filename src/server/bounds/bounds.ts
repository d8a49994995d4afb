// How deep and broad a document may be, judged before the rules of the language: some of those take the longer the
// more it repeats itself.

import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { refused } from '../refused.ts';
import type { Limits } from './limits.ts';

export function bounded(limits: Limits): Plugin {
  const rules = boundsOf(limits);
  /** What is wrong with a document, which is asked for again and again. */
  const judged = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  return {
    onValidate({ validateFn, setValidationFn }) {
      const check: typeof validate = (schema, document, ...rest) => {
        const known = judged.get(document);
        if (known) return known;
        const beyond = validate(schema, document, rules);
        const errors: readonly GraphQLError[] =
          beyond.length > 0 ? beyond.slice(0, 1) : validateFn(schema, document, ...rest);
        const told = errors.map(inOurWords);
        judged.set(document, told);
        return told;
      };
      setValidationFn(check);
    },
  };
}

/** The order is that in which they are told of: the first is told alone. */
function boundsOf({ depth, breadth, aliases, directives }: Limits): readonly ValidationRule[] {
  const counted = {
    // Nothing is left out by what it is called: a fragment, an alias or an operation may be called `__schema` too.
    ignoreIntrospection: false,
    allowList: [],
    flattenFragments: true,
    // It is told in our words, and once.
    propagateOnRejection: false,
  };
  const told = (sentence: string) => ({
    ...counted,
    onReject: [(context: ValidationContext | null) => context?.reportError(refused(sentence))],
  });
  return [
    maxDepthRule({
      n: depth,
      ...told(`This operation is more than ${depth} levels deep. Ask for less depth.`),
    }),
    broad(breadth),
    maxAliasesRule({
      n: aliases,
      ...told(
        `This operation gives more than ${aliases} fields names of its own. Ask for less at once.`,
      ),
    }),
    maxDirectivesRule({
      n: directives,
      ...told(`This operation has more than ${directives} directives. Use fewer.`),
    }),
  ];
}

/** Fields and spreads, those of a fragment as often as it is spread; of a fragment that nothing spreads once. */
function broad(most: number): ValidationRule {
  return (context) => {
    const known = new Map<string, number>();
    let written = 0;

    function count({ selections }: SelectionSetNode): number {
      return selections.reduce((all, node) => {
        if ('selectionSet' in node && node.selectionSet) return all + 1 + count(node.selectionSet);
        return all + 1 + (node.kind === Kind.FRAGMENT_SPREAD ? countFragment(node.name.value) : 0);
      }, 0);
    }

    function countFragment(name: string): number {
      const counted = known.get(name);
      if (counted !== undefined) return counted;
      // Of one that leads back to itself: the rules of the language refuse it.
      known.set(name, 0);
      const fragment = context.getFragment(name);
      const fields = fragment ? count(fragment.selectionSet) : 0;
      known.set(name, fields);
      return fields;
    }

    const check = ({ selectionSet }: OperationDefinitionNode | FragmentDefinitionNode) => {
      written += selectionSet.selections.length;
      const fields = Math.max(written, count(selectionSet));
      if (fields <= most) return undefined;
      const sentence = `This operation selects ${fields} fields, and ${most} are the most. Select fewer.`;
      context.reportError(refused(sentence));
      return false;
    };
    const visitor: ASTVisitor = { OperationDefinition: check, FragmentDefinition: check };
    return visitor;
  };
}

/** The rule that compares fields of one name gives up after so many comparisons, and says no more than that. */
function inOurWords(error: GraphQLError): GraphQLError {
  return error.message === 'Validation aborted.'
    ? refused('This operation asks for the same fields again and again. Ask for each once.')
    : error;
}
