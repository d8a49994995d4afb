// What a caller may ask of the model besides words: functions, extensions, limits. Read, checked, mostly ignored.

import { isRecord } from '../emulator.ts';
import type { Asked } from './asked.ts';

export interface FunctionWish {
  readonly name: string;
  /** Where its result comes from; absent, the caller calls it and the turn ends there. */
  readonly result?: { readonly data?: unknown; readonly channel?: string };
  readonly call: { readonly start: boolean; readonly end: boolean };
}

export interface EngineWishes {
  readonly functions: readonly FunctionWish[];
  /** Text the bot is to know for this turn; only for trusted sessions. */
  readonly extraBackstory: string;
  readonly callLimit: number;
}

export function readEngineWishes(body: Asked, limited: 'limits' | 'no limits'): EngineWishes {
  const functions = readFunctions(body);
  const extraBackstory = body.part('extensions', readExtensions) ?? '';
  const callLimit = limited === 'limits' ? body.part('limits', readLimits) : undefined;
  body.flag('debug');
  return { functions, extraBackstory, callLimit: callLimit ?? Number.POSITIVE_INFINITY };
}

function readFunctions(body: Asked): FunctionWish[] {
  const functions: FunctionWish[] = [];
  body.list('functions', (item) => {
    const name = item.words('name', 'required') ?? '';
    if (!/^(?!_)[A-Za-z$][A-Za-z0-9_$]{0,63}$/.test(name)) {
      item.complain('Name must be a valid JS function identifier of at most 64 characters');
    }
    item.words('description', 'required');
    item.object('parameters');
    const result = item.part('result', (inner) => {
      if (!inner.has('data') && !inner.has('channel')) {
        inner.complain('Result must include at least one of data or channel');
      }
      const channel = inner.text('channel');
      return { data: inner.raw('data'), ...(channel === undefined ? {} : { channel }) };
    });
    const call = item.part('call', (inner) => ({
      start: inner.flag('start') ?? false,
      end: inner.flag('end') ?? false,
    }));
    if (functions.some((known) => known.name === name)) {
      item.complain('Function names must be unique');
    }
    functions.push({
      name,
      ...(result ? { result } : {}),
      call: call ?? { start: false, end: false },
    });
  });
  return functions;
}

function readExtensions(inner: Asked): string {
  const backstory = inner.nullableText('backstory') ?? '';
  inner.list('datasets', (dataset) => {
    dataset.nullableText('name');
    dataset.nullableText('description');
    dataset.list('records', (record) => {
      record.words('text', 'required');
      record.object('meta');
    });
  });
  inner.list('skillsets', (skillset) => {
    skillset.nullableText('name');
    skillset.nullableText('description');
    skillset.list('abilities', (ability) => {
      for (const key of ['name', 'description', 'instruction']) ability.words(key, 'required');
      for (const key of ['secretId', 'linkedSecretId', 'linkedSpaceId']) ability.text(key);
      ability.object('meta');
    });
  });
  inner.list('features', (feature) => {
    feature.words('name', 'required');
    feature.object('options');
  });
  return backstory;
}

function readLimits(inner: Asked): number | undefined {
  inner.number('iterations', { min: 1, integer: true });
  inner.number('continuations', { min: 1, integer: true });
  return inner.number('calls', { min: 1, integer: true }) ?? undefined;
}

/** Called because the caller forces it, or because the customer says its name. */
export function dueFunctions(wishes: EngineWishes, heard: string): readonly FunctionWish[] {
  const due = wishes.functions.filter(({ name, call }) => call.start || heard.includes(name));
  const last = wishes.functions.filter((wish) => wish.call.end && !due.includes(wish));
  return [...due, ...last].slice(0, wishes.callLimit);
}

/** A function's answer over a channel may be wrapped, may be an error, may end the turn. */
export function unwrapped(message: unknown): { readonly value: unknown } | 'abort' {
  if (!isRecord(message)) return { value: message };
  if (message['abort']) return 'abort';
  if (message['error']) return { value: { error: message['error'] } };
  return { value: 'result' in message ? message['result'] : message };
}
