// The one Pothos builder: scalars, global ids, limits. No types of the schema live here.

import SchemaBuilder from '@pothos/core';
import ComplexityPlugin, { ComplexityErrorKind } from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import { decodeId } from '../src/domain/ids.ts';
import type { Context } from './context.ts';
import { invalidInput } from './failure.ts';

/** Deep enough for every field by the shortest way, and for a thread within an inbox within a message. */
const MAX_DEPTH = 16;
const MAX_BREADTH = 1000;
/** A hundred conversations with a dozen messages each, a dozen fields of each. */
const MAX_COMPLEXITY = 25_000;

export const DEFAULT_PAGE = 20;

/** As many as a page may have: each may cost a call. */
const MAX_NODES = 100;

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}>({
  plugins: [ErrorsPlugin, ComplexityPlugin, RelayPlugin, DataloaderPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true, defaultTypes: [] },
  relay: {
    brandLoadedObjects: true,
    cursorType: 'String',
    idFieldOptions: { description: 'Its global id: opaque, and good for as long as the thing is.' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'What is on the page, each with its cursor.',
    },
    nodeFieldOptions: { nullable: false, description: 'What stands at this place.' },
    nodesOnConnection: { description: 'What is on the page, for those who need no cursors.' },
    pageInfoFieldOptions: { description: 'Whether more follows, and from where.' },
    nodeTypeOptions: { description: 'Anything that can be had again by its id.' },
    nodeQueryOptions: {
      description: 'Anything with an id, by that id.',
      args: { id: { description: 'The `id` of an earlier answer.' } },
    },
    nodesQueryOptions: {
      description: 'Several things by their ids, in the order asked, up to 100.',
      args: { ids: { description: 'The `id`s of earlier answers.' } },
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length <= MAX_NODES) return resolveNodes(ids);
        throw invalidInput(
          'ids',
          `has ${ids.length} ids, and ${MAX_NODES} are the most; ask in parts.`,
        );
      },
    },
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: {
      description: 'Whether more follows, or may follow where a provider could not be asked.',
    },
    hasPreviousPageFieldOptions: { description: 'Always false: lists are walked forward only.' },
    startCursorFieldOptions: {
      description: 'The cursor of the first edge; null on an empty page.',
    },
    endCursorFieldOptions: {
      description: 'Give it as `after` for the next page, also where this page is empty.',
    },
    cursorFieldOptions: { description: 'Give it as `after` to go on from here.' },
    // The id of a node is the whole global id: provider and the provider's own ids are inside.
    encodeGlobalID: (_type, id) => String(id),
    decodeGlobalID: (text) => {
      const id = decodeId(text);
      if (!id) throw invalidInput('id', 'is not an id of this gateway; copy one from an answer.');
      if (id.type === 'Contact' || id.type === 'Participant') {
        throw invalidInput('id', `is the id of a ${id.type}, who comes with a conversation only.`);
      }
      return { typename: id.type, id: text };
    },
  },
  complexity: {
    limit: { depth: MAX_DEPTH, breadth: MAX_BREADTH, complexity: MAX_COMPLEXITY },
    defaultListMultiplier: 1,
    complexityError: (kind, { depth, breadth, complexity }) => {
      const said = {
        [ComplexityErrorKind.Depth]: `is ${depth} levels deep, and ${MAX_DEPTH} are the most. Ask for less depth.`,
        [ComplexityErrorKind.Breadth]: `selects ${breadth} fields, and ${MAX_BREADTH} are the most. Select fewer.`,
        [ComplexityErrorKind.Complexity]: `costs ${complexity}, and ${MAX_COMPLEXITY} is the most. Ask for smaller pages.`,
      }[kind];
      return new GraphQLError(`This operation ${said}`, { extensions: { code: 'INVALID_INPUT' } });
    },
  },
});

/** What a page costs its list: every row of it, once. */
export function pageCost({ first }: { first?: number | null | undefined }) {
  return { field: 1, multiplier: Math.min(100, Math.max(1, first ?? DEFAULT_PAGE)) };
}
