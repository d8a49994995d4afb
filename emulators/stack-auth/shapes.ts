// Checks what was sent in the words of yup, which the service validates with: clients read these sentences in `details.message`.

import { isRecord } from '../emulator.ts';
import { refusal } from './errors.ts';

export interface TextRules {
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly trimmed?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly notEmpty?: boolean;
  readonly oneOf?: readonly string[];
  readonly form?: 'uuid' | 'project-id';
}

export type Shape =
  | { readonly kind: 'text'; readonly rules: TextRules }
  | { readonly kind: 'texts' }
  | {
      readonly kind: 'object';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly open: boolean;
    }
  | { readonly kind: 'union'; readonly members: readonly Shape[] };

export function text(rules: TextRules = {}): Shape {
  return { kind: 'text', rules };
}

/** An optional list of texts. */
export function texts(): Shape {
  return { kind: 'texts' };
}

/** Unknown fields are refused, unless it is open. */
export function object(fields: Readonly<Record<string, Shape>>, { open = false } = {}): Shape {
  return { kind: 'object', fields, open };
}

/** Members see the value as it was sent: nothing is trimmed or turned into text for them. */
export function union(...members: readonly Shape[]): Shape {
  return { kind: 'union', members };
}

export interface Examined {
  readonly value: unknown;
  /** One sentence each, in the order yup tells them. */
  readonly problems: readonly string[];
}

export function examine(shape: Shape, sent: unknown, path: string): Examined {
  const value = cast(shape, sent);
  return { value, problems: problemsOf(shape, value, path) };
}

/** Continuation lines of a sentence keep the indentation of the line they begin on. */
export function indent(sentence: string, by: string): string {
  return by + sentence.replaceAll('\n', `\n${by}`);
}

function cast(shape: Shape, sent: unknown): unknown {
  if (shape.kind === 'text') return castText(shape.rules, sent);
  if (shape.kind !== 'object' || !isRecord(sent)) return sent;
  const fields = Object.entries(shape.fields).map(([key, field]) => [key, cast(field, sent[key])]);
  return { ...sent, ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
}

function castText({ trimmed }: TextRules, sent: unknown): unknown {
  if (sent === undefined || sent === null) return sent;
  if (typeof sent === 'object') {
    // Their trimming calls a method that lists and objects lack, and nobody catches it.
    if (trimmed) throw refusal.stumble();
    return sent;
  }
  return trimmed ? printedPlain(sent, '').trim() : printedPlain(sent, '');
}

function problemsOf(shape: Shape, value: unknown, path: string): string[] {
  switch (shape.kind) {
    case 'text':
      return textProblems(shape.rules, value, path);
    case 'texts':
      return listProblems(value, path);
    case 'object':
      return objectProblems(shape.fields, shape.open, value, path);
    default:
      return unionProblems(shape.members, value, path);
  }
}

function textProblems(rules: TextRules, value: unknown, path: string): string[] {
  if (value === undefined) return rules.optional ? [] : [`${path} must be defined`];
  if (value === null) return rules.nullable ? [] : [`${path} cannot be null`];
  const allowed = rules.oneOf;
  const notAllowed = allowed
    ? [`${path} must be one of the following values: ${allowed.join(', ')}`]
    : [];
  if (typeof value !== 'string') return [wrongType('string', value, path), ...notAllowed];
  if (allowed && !allowed.includes(value)) return notAllowed;
  return [
    ...(rules.form === 'uuid' && !UUID.test(value) ? [`${path} must be a valid UUID`] : []),
    ...(rules.form === 'project-id' && !isProjectId(value) ? [`${path} is invalid`] : []),
    ...(rules.trimmed && value !== value.trim() ? [`${path} must be a trimmed string`] : []),
    ...(value.length < (rules.min ?? 0)
      ? [`${path} must be at least ${rules.min} characters`]
      : []),
    ...(rules.notEmpty && value === '' ? [`${path} must not be empty`] : []),
    ...(value.length > (rules.max ?? Number.POSITIVE_INFINITY)
      ? [`${path} must be at most ${rules.max} characters`]
      : []),
  ];
}

function listProblems(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (value === null) return [`${path} cannot be null`];
  if (!Array.isArray(value)) return [wrongType('array', value, path)];
  return value.flatMap((item: unknown, index) => textProblems({}, item, `${path}[${index}]`));
}

function objectProblems(
  fields: Readonly<Record<string, Shape>>,
  open: boolean,
  value: unknown,
  path: string,
): string[] {
  if (value === undefined) return [`${path} must be defined`];
  if (value === null) return [`${path} cannot be null`];
  if (!isRecord(value)) return [wrongType('object', value, path)];
  const problems = inTheirOrder(Object.entries(fields), path).flatMap(([key, field]) =>
    problemsOf(field, value[key], `${path}.${key}`),
  );
  const unknown = open ? [] : Object.keys(value).filter((key) => !Object.hasOwn(fields, key));
  return unknown.length === 0
    ? problems
    : [...problems, `${path} contains unknown properties: ${unknown.join(', ')}`];
}

/** Last to first, then by the first declared name found anywhere in the path: `query.query` makes all of `query.*` equal. */
function inTheirOrder(fields: readonly [string, Shape][], path: string): [string, Shape][] {
  const rank = ([key]: readonly [string, Shape]) =>
    fields.findIndex(([declared]) => `${path}.${key}`.includes(declared));
  return fields.toReversed().toSorted((one, other) => rank(one) - rank(other));
}

function unionProblems(members: readonly Shape[], value: unknown, path: string): string[] {
  if (value === undefined) return [`${path} must be defined`];
  if (value === null) return [`${path} cannot be null`];
  const each = members.map((member) => problemsOf(member, value, path));
  if (each.some((problems) => problems.length === 0)) return [];
  const told = each.map(
    (problems, index) => `  Schema ${index}:\n${indent(problems.join('\n'), '    ')}`,
  );
  return [`${path} is not matched by any of the provided schemas:\n${told.join('\n')}`];
}

function wrongType(type: string, value: unknown, path: string): string {
  return `${path} must be a \`${type}\` type, but the final value was: \`${printed(value)}\`.`;
}

/** Numbers and texts inside lists and objects come out quoted twice: yup prints them before JSON does. */
function printed(value: unknown): string {
  if (typeof value !== 'object' || value === null) return printedPlain(value);
  return JSON.stringify(
    value,
    (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null ? inner : printedPlain(inner),
    2,
  );
}

function printedPlain(value: unknown, quote = '"'): string {
  return typeof value === 'string' ? quote + value + quote : JSON.stringify(value);
}

/** Stricter than their check for other ids: version 4 and lower case only. */
function isProjectId(value: string): boolean {
  return (
    value === 'internal' ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value)
  );
}

const UUID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|00000000-0000-0000-0000-000000000000)$/i;
