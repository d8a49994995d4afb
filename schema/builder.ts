// The one Pothos builder: scalars, global ids, limits. No types of the schema live here.

import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import { decodeId } from '../src/domain/ids.ts';
import type { Context } from './context.ts';
import { nodeCost, nodesCost } from './costs.ts';
import { invalidInput } from './failure.ts';

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
      complexity: nodeCost,
    },
    nodesQueryOptions: {
      description: 'Several things by their ids, in the order asked, up to 100.',
      args: { ids: { description: 'The `id`s of earlier answers.' } },
      complexity: nodesCost,
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
  // Fields say here what they cost, in calls to providers; it is judged before anything runs: src/server/bounds/price.ts.
  complexity: { disabled: true, defaultComplexity: 0, defaultListMultiplier: 1 },
});
