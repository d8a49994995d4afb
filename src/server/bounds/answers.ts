// How long an answer may be: one long text may be asked for under a hundred names, and would be written out for each.

import { type ExecutionResult, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { refused } from '../refused.ts';

/** As much as a provider may answer with; the longest page of common messages is a tenth of it. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** What stands around a value where it is written down. */
const AROUND = 8;

export function boundedAnswers(): Plugin {
  return {
    onExecute({ args: { document, operationName } }) {
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const isWrite =
            getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;
          setResult(
            inBounds(result, isWrite ? `${TOO_LONG} What it changes is changed.` : TOO_LONG),
          );
        },
      };
    },
  };
}

/** The same, or why it is not told. */
export function inBounds(result: ExecutionResult, message = TOO_LONG): ExecutionResult {
  if (!isTooLong(result.data)) return result;
  const { extensions } = result;
  return { errors: [refused(message)], ...(extensions && { extensions }) };
}

const TOO_LONG =
  'This answer would have more than 16 MB. Ask for smaller pages, and for each text once.';

function isTooLong(data: unknown): boolean {
  const left = [data];
  let characters = 0;
  while (left.length > 0) {
    const value = left.pop();
    characters += typeof value === 'string' ? value.length + AROUND : AROUND;
    if (characters > MOST_CHARACTERS) return true;
    if (typeof value === 'object' && value !== null) {
      for (const one of Object.values(value)) left.push(one);
    }
  }
  return false;
}
