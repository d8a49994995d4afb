// What an operation costs, told before it runs: one call to a provider is the unit, and a hundred values of an answer weigh as much.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../../../schema/context.ts';

export interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  /** As they were sent. */
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: Context;
}

/** Values of an answer that weigh as much as one call. */
const VALUES_PER_CALL = 100;

/** Of a document that is valid; a whole number, at least 1. What cannot run costs as little as there is. */
export function priceOf(asked: Asked): number {
  const known = told.get(asked.contextValue);
  if (known !== undefined) return known;
  const price = weighed(asked);
  told.set(asked.contextValue, price);
  return price;
}

/** Of an operation, whose context is its own: several ask for it. */
const told = new WeakMap<Context, number>();

function weighed(asked: Asked): number {
  const { schema, document, operationName, variableValues } = asked;
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return 1;
  const { coerced } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
    // As many as are told of.
    { maxErrors: 50 },
  );
  if (!coerced) return 1;
  const { calls, shared, values } = scales(asked, coerced)(operation.selectionSet, root);
  return Math.max(1, Math.ceil(calls + shared + values / VALUES_PER_CALL));
}

interface Weight {
  readonly calls: number;
  /** Calls that are the same for every row of one page. */
  readonly shared: number;
  readonly values: number;
}

const NOTHING: Weight = { calls: 0, shared: 0, values: 0 };

/** Each selection is weighed once for each type it is made of, however often it is spread. */
function scales(
  { schema, document, contextValue }: Asked,
  variables: Record<string, unknown>,
): (set: SelectionSetNode, type: GraphQLNamedType) => Weight {
  const done = new Map<SelectionSetNode, Map<GraphQLNamedType, Weight>>();
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const typesOfSchema = Object.keys(schema.getTypeMap()).length;

  function weigh(set: SelectionSetNode, type: GraphQLNamedType): Weight {
    const known = done.get(set)?.get(type);
    if (known) return known;
    // It is one of them, so the heaviest is as much as it can be.
    const weight = isAbstractType(type)
      ? schema
          .getPossibleTypes(type)
          .map((possible) => weigh(set, possible))
          .reduce(heavier, NOTHING)
      : isObjectType(type)
        ? set.selections.map((node) => weighOne(node, type)).reduce(sum, NOTHING)
        : NOTHING;
    done.set(set, (done.get(set) ?? new Map<GraphQLNamedType, Weight>()).set(type, weight));
    return weight;
  }

  function weighOne(node: SelectionNode, type: GraphQLObjectType): Weight {
    if (isLeftOut(node, variables)) return NOTHING;
    if (node.kind === Kind.FIELD) return weighField(node, type);
    const fragment =
      node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : { ...node };
    if (!fragment || !isOn(fragment.typeCondition?.name.value, type)) return NOTHING;
    return weigh(fragment.selectionSet, type);
  }

  function weighField(node: FieldNode, type: GraphQLObjectType): Weight {
    const name = node.name.value;
    if (name === '__schema' || name === '__type') {
      const described = schema.getType(name === '__schema' ? '__Schema' : '__Type');
      const { values } = node.selectionSet && described ? weigh(node.selectionSet, described) : ONE;
      return { ...NOTHING, values: values * (name === '__schema' ? typesOfSchema : 1) };
    }
    const field = type.getFields()[name];
    if (!field) return ONE;
    const { calls, rows } = costOf(field, node);
    const below = node.selectionSet ? weigh(node.selectionSet, getNamedType(field.type)) : NOTHING;
    const values = node.selectionSet ? rows * below.values : 1;
    switch (field.extensions['calls']) {
      case 'shared':
        return { calls: 0, shared: calls + below.calls + below.shared, values };
      case 'sharing':
        return { calls: calls + rows * below.calls + below.shared, shared: 0, values };
      default:
        return { calls: calls + rows * below.calls, shared: rows * below.shared, values };
    }
  }

  function costOf(field: GraphQLField<unknown, unknown>, node: FieldNode) {
    const { complexity } = field.extensions;
    const cost = isPricing(complexity)
      ? complexity(argumentsOf(field, node), contextValue)
      : complexity;
    if (typeof cost === 'number') return { calls: cost, rows: 1 };
    return {
      calls: numberIn(cost, 'field') ?? 0,
      rows: numberIn(cost, 'multiplier') ?? 1,
    };
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): object {
    try {
      return getArgumentValues(field, node, variables);
    } catch {
      // The field is refused for it when it is its turn.
      return {};
    }
  }

  function isOn(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const named = schema.getType(condition);
    return isAbstractType(named) && schema.isSubType(named, type);
  }

  return weigh;
}

const ONE: Weight = { ...NOTHING, values: 1 };

function sum(one: Weight, other: Weight): Weight {
  return {
    calls: one.calls + other.calls,
    shared: one.shared + other.shared,
    values: one.values + other.values,
  };
}

function heavier(one: Weight, other: Weight): Weight {
  return {
    calls: Math.max(one.calls, other.calls),
    shared: Math.max(one.shared, other.shared),
    values: Math.max(one.values, other.values),
  };
}

type Pricing = (args: object, context: Context) => unknown;

function isPricing(value: unknown): value is Pricing {
  return typeof value === 'function';
}

function numberIn(value: unknown, name: 'field' | 'multiplier'): number | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'number' ? found : undefined;
}

function isLeftOut(node: SelectionNode, variables: Record<string, unknown>): boolean {
  try {
    return (
      getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true ||
      getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false
    );
  } catch {
    return false;
  }
}
